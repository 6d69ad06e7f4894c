#ifndef VITALS_SRC_TRACE_SPAN_BUFFER_H_
#define VITALS_SRC_TRACE_SPAN_BUFFER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// What malloc adds to a block, and rounds it up by, about.
inline constexpr std::size_t kHeapBlockBytes = 16;

/// Bytes that grow at the end: a std::string that does not zero what is about to be written, and
/// that tells what it costs. Below 4 GiB.
class SpanBuffer {
 public:
  SpanBuffer() = default;
  SpanBuffer(SpanBuffer&& other) noexcept { *this = std::move(other); }
  SpanBuffer& operator=(SpanBuffer&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }

  /// The end, with room for so many bytes more.
  char* Extend(std::size_t bytes) {
    if (bytes > std::size_t{capacity_} - size_) {
      Reallocate(std::max({kLeastBytes, std::size_t{capacity_} * 2, size_ + bytes}));
    }
    return data_.get() + size_;
  }

  /// Takes in what was written since Extend(), up to `end`.
  void SetEnd(const char* end) noexcept { size_ = static_cast<std::uint32_t>(end - data_.get()); }

  /// Gives back the room that is not used.
  void Fit() {
    if (size_ < capacity_) Reallocate(size_);
  }

  std::string_view bytes() const noexcept { return {data_.get(), size_}; }

  /// Memory on the heap.
  std::size_t heap_bytes() const noexcept {
    return capacity_ == 0 ? 0 : std::size_t{capacity_} + kHeapBlockBytes;
  }

 private:
  static constexpr std::size_t kLeastBytes = 240;

  void Reallocate(std::size_t capacity) {
    auto data = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ > 0) std::memcpy(data.get(), data_.get(), size_);
    data_ = std::move(data);
    capacity_ = static_cast<std::uint32_t>(capacity);
  }

  std::unique_ptr<char[]> data_;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_SPAN_BUFFER_H_
