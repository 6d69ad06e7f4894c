#ifndef VITALS_SRC_API_JSON_RESPONSE_H_
#define VITALS_SRC_API_JSON_RESPONSE_H_

#include <string>

#include "absl/status/status.h"
#include "base/json_writer.h"
#include "vitals/base/config.h"
#include "vitals/net/http_message.h"

/// \file
/// The envelope of Prometheus's HTTP API ("Format overview"), so that its clients read ours.

VITALS_NAMESPACE_BEGIN
namespace api {

/// A page of JSON that is there already.
net::HttpResponse JsonResponse(std::string page);

/// {"status":"success","data":...}; `write_data(json)` writes one value.
template <typename WriteData>
net::HttpResponse JsonData(const WriteData& write_data) {
  std::string page;
  base::JsonWriter json(page);
  json.BeginObject();
  json.Key("status");
  json.String("success");
  json.Key("data");
  write_data(json);
  json.EndObject();
  return JsonResponse(std::move(page));
}

/// {"status":"error","errorType":...,"error":...}: 400 for InvalidArgument, 404 for NotFound, 422
/// for ResourceExhausted, 500 for any other.
net::HttpResponse JsonError(const absl::Status& status);

}  // namespace api
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_API_JSON_RESPONSE_H_
