#include "vitals/bridge/spdlog_sink.h"

#include <string_view>
#include <utility>

#include "spdlog/common.h"

VITALS_NAMESPACE_BEGIN
namespace bridge {
namespace {

spdlog::level::level_enum ToSpdlogLevel(LogSeverity severity) {
  switch (severity) {
    case LogSeverity::kInfo:
      return spdlog::level::info;
    case LogSeverity::kWarning:
      return spdlog::level::warn;
    case LogSeverity::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

LogSink MakeSpdlogSink(std::shared_ptr<spdlog::logger> logger) {
  if (logger == nullptr) return {};
  return [logger = std::move(logger)](LogSeverity severity, std::string_view message) {
    // As a view: a brace in the message is no format.
    logger->log(ToSpdlogLevel(severity), spdlog::string_view_t(message.data(), message.size()));
  };
}

}  // namespace bridge
VITALS_NAMESPACE_END
