#include "health/run_scope.h"

VITALS_NAMESPACE_BEGIN
namespace health {
namespace {

thread_local const RunScope* innermost = nullptr;

}  // namespace

RunScope::RunScope(const Component& component) : component_(component), outer_(innermost) {
  innermost = this;
}

RunScope::~RunScope() { innermost = outer_; }

bool RunScope::Contains(const Component& component) {
  for (const RunScope* scope = innermost; scope != nullptr; scope = scope->outer_) {
    if (&scope->component_ == &component) return true;
  }
  return false;
}

}  // namespace health
VITALS_NAMESPACE_END
