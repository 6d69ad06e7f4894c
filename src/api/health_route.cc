#include "vitals/api/routes.h"

VITALS_NAMESPACE_BEGIN
namespace api {

absl::Status AddHealthRoute(net::HttpRouter& router) {
  net::HttpRoute route;
  route.path = "/health";
  route.title = "Health";
  route.handler = [](const net::HttpRequest&) {
    net::HttpResponse response;
    response.content_type = "application/json";
    response.body = R"({"status":"healthy"})";
    return response;
  };
  return router.Add(std::move(route));
}

}  // namespace api
VITALS_NAMESPACE_END
