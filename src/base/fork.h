#ifndef VITALS_SRC_BASE_FORK_H_
#define VITALS_SRC_BASE_FORK_H_

#include <cstdint>

#include "vitals/base/config.h"

/// \file
/// What a fork means to vitals: in the child, threads, sockets and files of the parent are off. An
/// object that owns one of them remembers ForkGeneration() from when it was made and does nothing
/// with it once that has changed.

VITALS_NAMESPACE_BEGIN
namespace base {

/// Handlers around fork(), run in the order of pthread_atfork: `prepare` newest first in the
/// parent, `parent` and `child` oldest first after it. Each may be null.
struct ForkHandlers {
  void (*prepare)() = nullptr;
  void (*parent)() = nullptr;
  void (*child)() = nullptr;
};

/// Registers handlers for the life of the process. Call it once per set of handlers.
VITALS_EXPORT void AtFork(const ForkHandlers& handlers);

/// Counts the forks between the process that was first and this one. Thread-safe, one load.
VITALS_EXPORT std::uint64_t ForkGeneration() noexcept;

}  // namespace base
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_BASE_FORK_H_
