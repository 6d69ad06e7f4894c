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

// Whether `pattern` is for all paths below some folder, and `path` is one of them.
bool IsBelow(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with("/*")) return false;
  pattern.remove_suffix(1);
  return path.size() > pattern.size() && path.starts_with(pattern);
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
  const bool taken = std::any_of(routes_.begin(), routes_.end(), [&](const HttpRoute& known) {
    return known.path == route.path && known.method == route.method;
  });
  if (taken) {
    return absl::AlreadyExistsError(
        fmt::format("route '{} {}' is there already", route.method, route.path));
  }
  routes_.push_back(std::move(route));
  return absl::OkStatus();
}

const HttpRoute* HttpRouter::Find(std::string_view path, std::string_view method) const {
  if (method == "HEAD") method = "GET";
  const HttpRoute* below = nullptr;
  bool is_exact = false;
  for (const HttpRoute& route : routes_) {
    if (route.path == path) {
      if (route.method == method) return &route;
      is_exact = true;
    }
    if (below == nullptr && route.method == method && IsBelow(route.path, path)) below = &route;
  }
  // A path with routes of its own does not answer other methods by those for all paths.
  return is_exact ? nullptr : below;
}

std::string HttpRouter::AllowedMethods(std::string_view path) const {
  const bool is_exact = std::any_of(routes_.begin(), routes_.end(),
                                    [=](const HttpRoute& route) { return route.path == path; });
  std::string methods;
  for (const HttpRoute& route : routes_) {
    if (is_exact ? route.path != path : !IsBelow(route.path, path)) continue;
    if (!methods.empty()) methods += ", ";
    methods += route.method;
    if (route.method == "GET") methods += ", HEAD";
  }
  return methods;
}

}  // namespace net
VITALS_NAMESPACE_END
