#include "health/component_tree.h"

#include <functional>
#include <utility>

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace health {

absl::Status ComponentTree::Add(const std::shared_ptr<Component>& component) {
  const std::string& name = component->name();
  const base::MutexLock lock(mutex_);
  if (components_.size() >= max_components_) {
    return absl::ResourceExhaustedError(
        fmt::format("there are {} components already: remove some, or raise max_components",
                    components_.size()));
  }
  if (!components_.try_emplace(name, component).second) {
    return absl::AlreadyExistsError(fmt::format(
        "there is a component '{}' already: choose another name, or remove it first", name));
  }
  return absl::OkStatus();
}

std::shared_ptr<Component> ComponentTree::Remove(std::string_view name) {
  const base::MutexLock lock(mutex_);
  const auto found = components_.find(name);
  if (found == components_.end()) return nullptr;
  std::shared_ptr<Component> component = std::move(found->second);
  components_.erase(found);
  return component;
}

std::shared_ptr<Component> ComponentTree::Find(std::string_view name) const {
  const base::MutexLock lock(mutex_);
  const auto found = components_.find(name);
  return found == components_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<Component>> ComponentTree::Under(std::string_view under) const {
  std::vector<std::shared_ptr<Component>> result;
  std::string prefix(under);
  if (!prefix.empty()) prefix += '/';
  const base::MutexLock lock(mutex_);
  if (prefix.empty()) result.reserve(components_.size());
  if (const auto found = components_.find(under); found != components_.end()) {
    result.push_back(found->second);
  }
  for (auto next = components_.lower_bound(prefix);
       next != components_.end() && next->first.starts_with(prefix); ++next) {
    result.push_back(next->second);
  }
  return result;
}

std::size_t ComponentTree::size() const {
  const base::MutexLock lock(mutex_);
  return components_.size();
}

}  // namespace health
VITALS_NAMESPACE_END
