#ifndef VITALS_SRC_EXPORT_SPAN_QUEUE_H_
#define VITALS_SRC_EXPORT_SPAN_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/model/span_data.h"

VITALS_NAMESPACE_BEGIN
namespace otlp {

/// Memory of a span, roughly: what it and its strings and lists hold.
VITALS_EXPORT std::size_t MemoryBytes(const SpanData& span) noexcept;

/// Copies of spans, first in first out, bounded in number and in bytes. Not thread-safe.
class VITALS_EXPORT SpanQueue {
 public:
  SpanQueue(std::size_t max_spans, std::size_t max_bytes)
      : max_spans_(max_spans), max_bytes_(max_bytes) {}

  /// Takes spans until one finds no room, and returns how many it took.
  std::size_t Push(std::span<const SpanData> spans);

  /// Moves the oldest spans into `batch`, which is emptied before: at most so many, of at most so
  /// many bytes, but one at least where there is one.
  void Pop(std::size_t max_spans, std::size_t max_bytes, std::vector<SpanData>& batch);

  /// Drops all, and returns how many.
  std::size_t Clear() noexcept;

  std::size_t size() const noexcept { return entries_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  struct Entry {
    SpanData span;
    std::size_t bytes;
  };

  const std::size_t max_spans_;
  const std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::deque<Entry> entries_;
};

}  // namespace otlp
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_EXPORT_SPAN_QUEUE_H_
