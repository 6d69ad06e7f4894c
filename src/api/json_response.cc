#include "api/json_response.h"

#include <string_view>
#include <utility>

VITALS_NAMESPACE_BEGIN
namespace api {
namespace {

struct ErrorType {
  int http_status;
  std::string_view name;  // as Prometheus has it
};

ErrorType TypeOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return {400, "bad_data"};
    case absl::StatusCode::kNotFound:
      return {404, "not_found"};
    case absl::StatusCode::kResourceExhausted:
      return {422, "execution"};
    default:
      return {500, "internal"};
  }
}

}  // namespace

net::HttpResponse JsonResponse(std::string page) {
  net::HttpResponse response;
  response.content_type = "application/json";
  response.body = std::move(page);
  response.allow_gzip = true;
  return response;
}

net::HttpResponse JsonError(const absl::Status& status) {
  const ErrorType type = TypeOf(status.code());
  std::string page;
  base::JsonWriter json(page);
  json.BeginObject();
  json.Key("status");
  json.String("error");
  json.Key("errorType");
  json.String(type.name);
  json.Key("error");
  json.String(std::string(status.message()));
  json.EndObject();
  net::HttpResponse response = JsonResponse(std::move(page));
  response.status = type.http_status;
  return response;
}

}  // namespace api
VITALS_NAMESPACE_END
