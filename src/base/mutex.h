#ifndef VITALS_SRC_BASE_MUTEX_H_
#define VITALS_SRC_BASE_MUTEX_H_

#include <mutex>

#include "vitals/base/config.h"

/// \file
/// std::mutex with clang's thread-safety annotations, so that `-Wthread-safety` proves which lock
/// guards what. Not absl::Mutex: Debian's Abseil is not instrumented and gives false races under
/// tsan.

#if defined(__clang__)
#define VITALS_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define VITALS_THREAD_ANNOTATION(x)
#endif

#define VITALS_CAPABILITY(x) VITALS_THREAD_ANNOTATION(capability(x))
#define VITALS_SCOPED_CAPABILITY VITALS_THREAD_ANNOTATION(scoped_lockable)
#define VITALS_GUARDED_BY(x) VITALS_THREAD_ANNOTATION(guarded_by(x))
#define VITALS_REQUIRES(...) VITALS_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define VITALS_EXCLUDES(...) VITALS_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))
#define VITALS_ACQUIRE(...) VITALS_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define VITALS_RELEASE(...) VITALS_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define VITALS_NO_THREAD_SAFETY_ANALYSIS VITALS_THREAD_ANNOTATION(no_thread_safety_analysis)

VITALS_NAMESPACE_BEGIN
namespace base {

/// A mutex. Constant-initialised, so that a global one works before main and in static destructors.
class VITALS_CAPABILITY("mutex") Mutex {
 public:
  constexpr Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() VITALS_ACQUIRE() { mutex_.lock(); }
  void Unlock() VITALS_RELEASE() { mutex_.unlock(); }

  /// The wrapped mutex, for std::condition_variable.
  std::mutex& native() { return mutex_; }

 private:
  std::mutex mutex_;
};

/// Holds a Mutex for a scope.
class VITALS_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) VITALS_ACQUIRE(mutex) : mutex_(mutex) { mutex_.Lock(); }
  ~MutexLock() VITALS_RELEASE() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace base
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_BASE_MUTEX_H_
