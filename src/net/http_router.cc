#include "vitals/net/http_router.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace net {
namespace {

constexpr std::string_view kAllBelow = "/*";

bool IsPattern(std::string_view path) {
  if (path.ends_with(kAllBelow)) path.remove_suffix(1);
  return path.starts_with('/') && path.find('*') == std::string_view::npos;
}

bool IsMethod(std::string_view text) {
  return !text.empty() && text != "HEAD" &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// Whether `pattern` is for all paths below another, and `path` is one of them.
bool IsBelow(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with(kAllBelow)) return false;
  pattern.remove_suffix(1);
  return path.size() > pattern.size() && path.starts_with(pattern);
}

}  // namespace

absl::Status HttpRouter::Add(HttpRoute route) {
  if (!IsPattern(route.path)) {
    return absl::InvalidArgumentError(fmt::format(
        "route path '{}' must start with '/', and have a '*' only in '/*' at its end", route.path));
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

std::string_view HttpRouter::PatternOf(std::string_view path) const {
  std::string_view longest;
  for (const HttpRoute& route : routes_) {
    if (route.path == path) return route.path;
    if (route.path.size() > longest.size() && IsBelow(route.path, path)) longest = route.path;
  }
  return longest;
}

const HttpRoute* HttpRouter::Find(std::string_view path, std::string_view method) const {
  if (method == "HEAD") method = "GET";
  const std::string_view pattern = PatternOf(path);
  const auto found = std::find_if(routes_.begin(), routes_.end(), [=](const HttpRoute& route) {
    return route.path == pattern && route.method == method;
  });
  return found == routes_.end() ? nullptr : &*found;
}

std::string HttpRouter::AllowedMethods(std::string_view path) const {
  const std::string_view pattern = PatternOf(path);
  std::string methods;
  for (const HttpRoute& route : routes_) {
    if (route.path != pattern) continue;
    if (!methods.empty()) methods += ", ";
    methods += route.method;
    if (route.method == "GET") methods += ", HEAD";
  }
  return methods;
}

}  // namespace net
VITALS_NAMESPACE_END
