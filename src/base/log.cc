#include "vitals/base/log.h"

#include <cstdio>
#include <memory>
#include <new>
#include <utility>

#include "base/fork.h"
#include "base/mutex.h"

VITALS_NAMESPACE_BEGIN
namespace {

// Held while the sink runs: that is what lets SetLogSink() promise that the old one is done.
constinit base::Mutex log_mutex;

// A thread that was logging at the fork is not in the child to unlock.
[[maybe_unused]] const bool hooked = [] {
  base::AtFork({.child = [] { new (&log_mutex) base::Mutex; }});
  return true;
}();

// Leaked, so that static destructors can log.
LogSink& Sink() VITALS_REQUIRES(log_mutex) {
  static LogSink* const sink = new LogSink;
  return *sink;
}

void WriteToStandardError(LogSeverity severity, std::string_view message) {
  if (severity == LogSeverity::kInfo) return;
  const std::string_view name = LogSeverityName(severity);
  std::fprintf(stderr, "vitals: %.*s: %.*s\n", static_cast<int>(name.size()), name.data(),
               static_cast<int>(message.size()), message.data());
}

}  // namespace

std::string_view LogSeverityName(LogSeverity severity) noexcept {
  switch (severity) {
    case LogSeverity::kInfo:
      return "info";
    case LogSeverity::kWarning:
      return "warning";
    case LogSeverity::kError:
      return "error";
  }
  return "unknown";
}

void SetLogSink(LogSink sink) {
  const base::MutexLock lock(log_mutex);
  Sink() = std::move(sink);
}

void Log(LogSeverity severity, std::string_view message) noexcept {
  try {
    const base::MutexLock lock(log_mutex);
    const LogSink& sink = Sink();
    if (sink) {
      sink(severity, message);
    } else {
      WriteToStandardError(severity, message);
    }
  } catch (...) {
    // A sink that fails has no one to tell.
  }
}

VITALS_NAMESPACE_END
