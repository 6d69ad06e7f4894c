#ifndef VITALS_TESTS_API_GET_H_
#define VITALS_TESTS_API_GET_H_

#include <string_view>

#include "vitals/net/http_router.h"

namespace vitals_test {

/// What the router's handler answers to a GET of this target, without a server; 404 where there is
/// none.
inline vitals::net::HttpResponse Get(const vitals::net::HttpRouter& router, std::string_view target,
                                     std::string_view accept = {}) {
  vitals::net::HttpRequest request;
  request.method = "GET";
  request.target = target;
  request.path = target.substr(0, target.find('?'));
  if (request.path.size() < target.size()) request.query = target.substr(request.path.size() + 1);
  if (!accept.empty()) request.headers.emplace_back("Accept", accept);
  const vitals::net::HttpRoute* const route = router.Find(request.path);
  if (route == nullptr) return vitals::net::TextResponse(404, "no route");
  return route->handler(request);
}

}  // namespace vitals_test

#endif  // VITALS_TESTS_API_GET_H_
