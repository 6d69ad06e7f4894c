#ifndef VITALS_SRC_EXPOSITION_PAGE_WRITER_H_
#define VITALS_SRC_EXPOSITION_PAGE_WRITER_H_

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {

/// Appends to a string without the checks and the zeroing of std::string::append: room is made once
/// for many pieces, and the length is set at the end.
class PageWriter {
 public:
  /// The longest number that WriteNumber() writes.
  static constexpr std::size_t kMaxNumberBytes = 32;

  explicit PageWriter(std::string& page) : page_(page), size_(page.size()) {
    page_.resize(page_.capacity());
  }
  ~PageWriter() { page_.resize(size_); }
  PageWriter(const PageWriter&) = delete;
  PageWriter& operator=(const PageWriter&) = delete;

  /// Makes room for `bytes` more. What is written without enough of it is undefined.
  void Reserve(std::size_t bytes) {
    if (page_.size() - size_ < bytes) Grow(bytes);
  }

  void Write(std::string_view text) noexcept {
    Copy(text.data(), text.size(), page_.data() + size_);
    size_ += text.size();
  }

  void Write(char c) noexcept { page_[size_++] = c; }

  void WriteNumber(std::uint64_t value) noexcept { WriteInteger(value); }
  void WriteNumber(std::int64_t value) noexcept { WriteInteger(value); }

  /// The shortest text that reads back as the same double; "NaN", "+Inf" and "-Inf".
  void WriteNumber(double value) noexcept {
    constexpr double kExactIntegers = 9007199254740992.0;  // 2^53
    if (std::fabs(value) < kExactIntegers) {
      const auto integer = static_cast<std::int64_t>(value);
      // Whole numbers, the most common, are much cheaper to write; -0 is not one of them.
      if (static_cast<double>(integer) == value && (integer != 0 || !std::signbit(value))) {
        return WriteInteger(integer);
      }
    }
    WriteFraction(value);
  }

 private:
  // For the short pieces that lines are made of, a few moves of fixed size beat memcpy().
  static void Copy(const char* from, std::size_t size, char* to) noexcept {
    if (size > 32) {
      std::memcpy(to, from, size);
    } else if (size >= 16) {
      CopyOverlapping<16>(from, size, to);
    } else if (size >= 8) {
      CopyOverlapping<8>(from, size, to);
    } else if (size >= 4) {
      CopyOverlapping<4>(from, size, to);
    } else {
      for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
    }
  }

  // Copies between `kBytes` and twice as many bytes, as their first and their last `kBytes`.
  template <std::size_t kBytes>
  static void CopyOverlapping(const char* from, std::size_t size, char* to) noexcept {
    char first[kBytes];
    char last[kBytes];
    std::memcpy(first, from, kBytes);
    std::memcpy(last, from + size - kBytes, kBytes);
    std::memcpy(to, first, kBytes);
    std::memcpy(to + size - kBytes, last, kBytes);
  }

  template <typename Integer>
  void WriteInteger(Integer value) noexcept {
    char* const start = page_.data() + size_;
    size_ = static_cast<std::size_t>(std::to_chars(start, start + kMaxNumberBytes, value).ptr -
                                     page_.data());
  }

  void WriteFraction(double value) noexcept;
  void Grow(std::size_t bytes);

  std::string& page_;
  std::size_t size_;
};

}  // namespace exposition
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_EXPOSITION_PAGE_WRITER_H_
