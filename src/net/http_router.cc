#include "vitals/net/http_router.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace net {
namespace {

bool IsMethod(std::string_view text) {
  return !text.empty() && text != "HEAD" &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

absl::Status HttpRouter::Add(HttpRoute route) {
  if (route.path.empty() || route.path.front() != '/') {
    return absl::InvalidArgumentError(
        fmt::format("route path '{}' must start with '/'", route.path));
  }
  if (!route.handler) {
    return absl::InvalidArgumentError(fmt::format("route '{}' has no handler", route.path));
  }
  if (!IsMethod(route.method)) {
    return absl::InvalidArgumentError(
        fmt::format("method '{}' of route '{}' must be upper-case letters, and GET for HEAD",
                    route.method, route.path));
  }
  if (Find(route.path, route.method) != nullptr) {
    return absl::AlreadyExistsError(
        fmt::format("route '{} {}' is there already", route.method, route.path));
  }
  routes_.push_back(std::move(route));
  return absl::OkStatus();
}

const HttpRoute* HttpRouter::Find(std::string_view path, std::string_view method) const {
  if (method == "HEAD") method = "GET";
  const auto found = std::find_if(routes_.begin(), routes_.end(), [=](const HttpRoute& route) {
    return route.path == path && route.method == method;
  });
  return found == routes_.end() ? nullptr : &*found;
}

std::string HttpRouter::AllowedMethods(std::string_view path) const {
  std::string methods;
  for (const HttpRoute& route : routes_) {
    if (route.path != path) continue;
    if (!methods.empty()) methods += ", ";
    methods += route.method;
    if (route.method == "GET") methods += ", HEAD";
  }
  return methods;
}

}  // namespace net
VITALS_NAMESPACE_END
