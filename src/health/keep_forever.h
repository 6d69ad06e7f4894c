#ifndef VITALS_SRC_HEALTH_KEEP_FOREVER_H_
#define VITALS_SRC_HEALTH_KEEP_FOREVER_H_

#include <cstddef>
#include <memory>
#include <new>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace health {

/// Counts as an owner that never lets go. In a fork child, what a thread of the parent may have
/// been changing is not to be destroyed.
template <typename T>
void KeepForever(const std::shared_ptr<T>& object) noexcept {
  alignas(std::shared_ptr<T>) std::byte owner[sizeof(std::shared_ptr<T>)];
  ::new (owner) std::shared_ptr<T>(object);
}

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_KEEP_FOREVER_H_
