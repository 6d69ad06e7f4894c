#ifndef VITALS_SRC_HEALTH_RUN_SCOPE_H_
#define VITALS_SRC_HEALTH_RUN_SCOPE_H_

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace health {

class Component;

/// Marks that the calling thread runs the check of a component. Scopes nest, where a check runs
/// another on its own thread.
class RunScope {
 public:
  explicit RunScope(const Component& component);
  ~RunScope();
  RunScope(const RunScope&) = delete;
  RunScope& operator=(const RunScope&) = delete;

  /// Whether the calling thread is in a scope of this component.
  static bool Contains(const Component& component);

 private:
  const Component& component_;
  const RunScope* const outer_;
};

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_RUN_SCOPE_H_
