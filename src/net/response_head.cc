#include "net/response_head.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "fmt/format.h"
#include "net/http_fields.h"
#include "vitals/base/log.h"

VITALS_NAMESPACE_BEGIN
namespace net {
namespace {

std::string_view ReasonPhrase(int status) {
  struct Reason {
    int status;
    std::string_view phrase;
  };
  static constexpr std::array<Reason, 22> kReasons = {{
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {413, "Content Too Large"},
      {422, "Unprocessable Content"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {503, "Service Unavailable"},
  }};
  const auto found = std::find_if(kReasons.begin(), kReasons.end(), [status](const Reason& reason) {
    return reason.status == status;
  });
  return found == kReasons.end() ? "Unknown" : found->phrase;
}

void AppendHeader(std::string_view name, std::string_view value, std::string& head) {
  if (!IsToken(name) || !IsFieldValue(value)) {
    Log(LogSeverity::kError,
        fmt::format("a handler's response header '{}' is not valid for HTTP: left out",
                    IsToken(name) ? name : "(no token)"));
    return;
  }
  fmt::format_to(std::back_inserter(head), "{}: {}\r\n", name, value);
}

}  // namespace

bool StatusHasBody(int status) { return status >= 200 && status != 204 && status != 304; }

std::string ResponseHead(const HttpResponse& response, const ResponseFraming& framing) {
  std::string head =
      fmt::format("HTTP/1.1 {} {}\r\n", response.status, ReasonPhrase(response.status));
  head += "Date: ";
  AppendHttpDate(framing.now, head);
  head += "\r\n";
  if (StatusHasBody(response.status)) {
    if (!response.content_type.empty()) {
      AppendHeader("Content-Type", response.content_type, head);
    }
    fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", response.content().size());
  }
  for (const auto& [name, value] : response.headers) AppendHeader(name, value, head);
  if (!framing.keep_alive) {
    head += "Connection: close\r\n";
  } else if (framing.http_1_0) {
    head += "Connection: keep-alive\r\n";
  }
  head += "\r\n";
  return head;
}

}  // namespace net
VITALS_NAMESPACE_END
