#ifndef VITALS_BASE_LOG_H_
#define VITALS_BASE_LOG_H_

#include <functional>
#include <string_view>

#include "vitals/base/config.h"

/// \file
/// Where vitals says what a person should know and no return value can carry: a collector that was
/// left out of a page, a connection that could not be accepted. Nothing on the recording path logs.

VITALS_NAMESPACE_BEGIN

/// How much a message matters.
enum class LogSeverity { kInfo, kWarning, kError };

/// "info", "warning" or "error".
VITALS_EXPORT std::string_view LogSeverityName(LogSeverity severity) noexcept;

/// Receives one message, without a trailing newline. It may be called from any thread, by several
/// at once, and must not call back into vitals. What it throws is swallowed.
using LogSink = std::function<void(LogSeverity severity, std::string_view message)>;

/// Replaces the process's sink; an empty one restores the default, which writes warnings and errors
/// to standard error as `vitals: <severity>: <message>`. Thread-safe. When it returns, the previous
/// sink is no longer called by anyone, so that what it captured may die.
VITALS_EXPORT void SetLogSink(LogSink sink);

/// Hands a message to the sink. Thread-safe, noexcept.
VITALS_EXPORT void Log(LogSeverity severity, std::string_view message) noexcept;

VITALS_NAMESPACE_END

#endif  // VITALS_BASE_LOG_H_
