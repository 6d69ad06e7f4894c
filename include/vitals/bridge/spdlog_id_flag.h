#ifndef VITALS_BRIDGE_SPDLOG_ID_FLAG_H_
#define VITALS_BRIDGE_SPDLOG_ID_FLAG_H_

#include <ctime>
#include <functional>
#include <memory>
#include <string>

#include "spdlog/pattern_formatter.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace bridge {

/// Appends the id that the calling thread works under, such as the trace id of its span in hex;
/// nothing where there is none. Called for every line that is formatted, by any thread.
using IdSource = std::function<void(std::string& text)>;

/// The ids of CurrentSpanContext(), sampled or not: 32 and 16 lower-case hex digits.
VITALS_EXPORT IdSource TraceIdSource();
VITALS_EXPORT IdSource SpanIdSource();

/// A `%` flag for spdlog's patterns that prints an id: one with a source of trace ids, another with
/// one of span ids. Where there is no id it prints `-`, so that columns stay. Width, side and
/// truncation are those of spdlog's own flags: `%-32Q`, `%8!Q`.
///
///     auto formatter = std::make_unique<spdlog::pattern_formatter>();
///     formatter->add_flag<vitals::bridge::IdFlag>('Q', vitals::bridge::TraceIdSource());
///     formatter->add_flag<vitals::bridge::IdFlag>('q', vitals::bridge::SpanIdSource());
///     formatter->set_pattern("%H:%M:%S.%e %l [%Q %q] %v");
///     logger->set_formatter(std::move(formatter));
///
/// The letters Q and q are free in spdlog 1.10. `logger->set_pattern()` makes a formatter without
/// the flags: set the pattern as above.
///
/// The id is that of the thread which formats. With spdlog::async_logger this is a thread of
/// spdlog's pool, so the flag cannot tell under which id the line was written.
///
/// Thread safety is that of spdlog's formatters: each sink has its own copy and locks it.
class VITALS_EXPORT IdFlag final : public spdlog::custom_flag_formatter {
 public:
  /// Without a source it prints `-`.
  explicit IdFlag(IdSource source = {});

  /// Allocates only when an id is longer than any before.
  void format(const spdlog::details::log_msg& message, const std::tm& time,
              spdlog::memory_buf_t& line) override;

  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override;

 private:
  IdSource source_;
  std::string text_;  // memory for format()
};

}  // namespace bridge
VITALS_NAMESPACE_END

#endif  // VITALS_BRIDGE_SPDLOG_ID_FLAG_H_
