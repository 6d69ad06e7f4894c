#include "export/span_queue.h"

#include <new>
#include <string>
#include <utility>
#include <variant>

VITALS_NAMESPACE_BEGIN
namespace otlp {
namespace {

std::size_t AttributeBytes(const std::vector<SpanAttribute>& attributes) noexcept {
  std::size_t bytes = attributes.size() * sizeof(SpanAttribute);
  for (const SpanAttribute& attribute : attributes) {
    if (const auto* const text = std::get_if<std::string>(&attribute.value)) bytes += text->size();
  }
  return bytes;
}

}  // namespace

std::size_t MemoryBytes(const SpanData& span) noexcept {
  std::size_t bytes = sizeof(span) + span.status_message.size() + span.trace_state.size() +
                      AttributeBytes(span.attributes);
  for (const SpanEvent& event : span.events) {
    bytes += sizeof(event) + AttributeBytes(event.attributes);
  }
  for (const SpanLink& link : span.links) {
    bytes += sizeof(link) + link.trace_state.size() + AttributeBytes(link.attributes);
  }
  return bytes;
}

std::size_t SpanQueue::Push(std::span<const SpanData> spans) {
  const std::size_t size_before = entries_.size();
  try {
    for (const SpanData& span : spans) {
      const std::size_t bytes = MemoryBytes(span);
      if (entries_.size() == max_spans_ || bytes > max_bytes_ - bytes_) break;
      entries_.push_back({span, bytes});
      bytes_ += bytes;
    }
  } catch (const std::bad_alloc&) {
    // As a full queue.
  }
  return entries_.size() - size_before;
}

void SpanQueue::Pop(std::size_t max_spans, std::size_t max_bytes, std::vector<SpanData>& batch) {
  batch.clear();
  std::size_t batch_bytes = 0;
  while (!entries_.empty() && batch.size() < max_spans) {
    Entry& oldest = entries_.front();
    batch_bytes += oldest.bytes;
    if (!batch.empty() && batch_bytes > max_bytes) break;
    batch.push_back(std::move(oldest.span));
    bytes_ -= oldest.bytes;
    entries_.pop_front();
  }
}

std::size_t SpanQueue::Clear() noexcept {
  const std::size_t dropped = entries_.size();
  entries_.clear();
  bytes_ = 0;
  return dropped;
}

}  // namespace otlp
VITALS_NAMESPACE_END
