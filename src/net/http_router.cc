#include "vitals/net/http_router.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace net {

absl::Status HttpRouter::Add(HttpRoute route) {
  if (route.path.empty() || route.path.front() != '/') {
    return absl::InvalidArgumentError(
        fmt::format("route path '{}' must start with '/'", route.path));
  }
  if (!route.handler) {
    return absl::InvalidArgumentError(fmt::format("route '{}' has no handler", route.path));
  }
  if (Find(route.path) != nullptr) {
    return absl::AlreadyExistsError(fmt::format("route '{}' is there already", route.path));
  }
  routes_.push_back(std::move(route));
  return absl::OkStatus();
}

const HttpRoute* HttpRouter::Find(std::string_view path) const {
  const auto found = std::find_if(routes_.begin(), routes_.end(),
                                  [path](const HttpRoute& route) { return route.path == path; });
  return found == routes_.end() ? nullptr : &*found;
}

}  // namespace net
VITALS_NAMESPACE_END
