#ifndef VITALS_SRC_HEALTH_COMPONENT_TREE_H_
#define VITALS_SRC_HEALTH_COMPONENT_TREE_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/mutex.h"
#include "health/component.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace health {

/// The components of a monitor by name. Thread-safe.
class ComponentTree {
 public:
  explicit ComponentTree(std::size_t max_components) : max_components_(max_components) {}

  /// AlreadyExists, ResourceExhausted.
  absl::Status Add(const std::shared_ptr<Component>& component);

  /// Null when there is none.
  std::shared_ptr<Component> Remove(std::string_view name);
  std::shared_ptr<Component> Find(std::string_view name) const;

  /// Those that are `under` or below it, by name.
  std::vector<std::shared_ptr<Component>> Under(std::string_view under) const;

  std::size_t size() const;

 private:
  const std::size_t max_components_;
  mutable base::Mutex mutex_;
  std::map<std::string, std::shared_ptr<Component>, std::less<>> components_
      VITALS_GUARDED_BY(mutex_);
};

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_COMPONENT_TREE_H_
