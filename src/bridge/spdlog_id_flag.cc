#include "vitals/bridge/spdlog_id_flag.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "vitals/model/span_context.h"

VITALS_NAMESPACE_BEGIN
namespace bridge {
namespace {

using spdlog::details::padding_info;

void AppendBlanks(std::size_t count, spdlog::memory_buf_t& line) {
  for (; count > 0; --count) line.push_back(' ');
}

// As spdlog pads its own flags: `side_` is where the blanks go.
void AppendPadded(const std::string& text, const padding_info& padding,
                  spdlog::memory_buf_t& line) {
  const std::size_t size = padding.truncate_ ? std::min(text.size(), padding.width_) : text.size();
  const std::size_t blanks = padding.width_ > size ? padding.width_ - size : 0;
  std::size_t before = 0;
  if (padding.side_ == padding_info::pad_side::left) before = blanks;
  if (padding.side_ == padding_info::pad_side::center) before = blanks / 2;
  AppendBlanks(before, line);
  line.append(text.data(), text.data() + size);
  AppendBlanks(blanks - before, line);
}

template <typename Id>
void AppendId(const Id& id, std::string& text) {
  if (!id.IsValid()) return;
  const auto digits = id.ToHex();
  text.append(digits.data(), digits.size());
}

}  // namespace

IdSource TraceIdSource() {
  return [](std::string& text) { AppendId(CurrentSpanContext().trace_id, text); };
}

IdSource SpanIdSource() {
  return [](std::string& text) { AppendId(CurrentSpanContext().span_id, text); };
}

IdFlag::IdFlag(IdSource source) : source_(std::move(source)) {}

void IdFlag::format(const spdlog::details::log_msg&, const std::tm&, spdlog::memory_buf_t& line) {
  text_.clear();
  if (source_) source_(text_);
  if (text_.empty()) text_.push_back('-');
  AppendPadded(text_, padinfo_, line);
}

std::unique_ptr<spdlog::custom_flag_formatter> IdFlag::clone() const {
  return std::make_unique<IdFlag>(source_);
}

}  // namespace bridge
VITALS_NAMESPACE_END
