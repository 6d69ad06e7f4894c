#ifndef VITALS_SRC_BASE_INTERNED_NAMES_H_
#define VITALS_SRC_BASE_INTERNED_NAMES_H_

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace base {

/// Sees to it that the table of names is whole in a fork child. Called before main, and by who
/// needs its handlers to be registered before others: those locks are taken under theirs.
VITALS_EXPORT void GuardNamesAtFork();

}  // namespace base
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_BASE_INTERNED_NAMES_H_
