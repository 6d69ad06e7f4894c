#ifndef VITALS_BRIDGE_SPDLOG_SINK_H_
#define VITALS_BRIDGE_SPDLOG_SINK_H_

#include <memory>

#include "spdlog/logger.h"
#include "vitals/base/config.h"
#include "vitals/base/log.h"

VITALS_NAMESPACE_BEGIN
namespace bridge {

/// A sink that hands what vitals has to say to this logger, which it keeps: kInfo at the level
/// info, kWarning at warn, kError at err. The logger's own level and pattern hold.
///
///     vitals::SetLogSink(vitals::bridge::MakeSpdlogSink(spdlog::default_logger()));
///
/// Null gives an empty sink, with which SetLogSink() restores the default. The sink may be called
/// by any thread, so the logger needs sinks that are thread-safe (`_mt`).
VITALS_EXPORT LogSink MakeSpdlogSink(std::shared_ptr<spdlog::logger> logger);

}  // namespace bridge
VITALS_NAMESPACE_END

#endif  // VITALS_BRIDGE_SPDLOG_SINK_H_
