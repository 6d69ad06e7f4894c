#include "vitals/net/http_message.h"

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

VITALS_NAMESPACE_BEGIN
namespace net {

std::string_view HttpRequest::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (absl::EqualsIgnoreCase(absl::string_view(key.data(), key.size()),
                               absl::string_view(name.data(), name.size()))) {
      return value;
    }
  }
  return {};
}

HttpResponse TextResponse(int status, std::string_view text) {
  HttpResponse response;
  response.status = status;
  response.body = text;
  return response;
}

}  // namespace net
VITALS_NAMESPACE_END
