#ifndef VITALS_SRC_TRACE_RECORD_DECODER_H_
#define VITALS_SRC_TRACE_RECORD_DECODER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "trace/span_record.h"
#include "trace/timeline.h"
#include "vitals/base/config.h"
#include "vitals/base/interned_name.h"
#include "vitals/model/span_data.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// Spans that are filled again and again, so that their memory is reused.
class SpanBatch {
 public:
  /// Room for one more, which Add() then takes in; what is in it is of an earlier span.
  SpanData& Next();
  void Add() noexcept { ++size_; }

  void Clear() noexcept { size_ = 0; }
  std::size_t size() const noexcept { return size_; }
  std::span<const SpanData> spans() const noexcept { return {spans_.data(), size_}; }

 private:
  std::vector<SpanData> spans_;
  std::size_t size_ = 0;
};

/// Makes SpanData of records. Not thread-safe.
class RecordDecoder {
 public:
  /// Fills `span`, all of it, but for the component and the thread. The record is one that Span has
  /// written.
  void Decode(const RecordHeader& record, const Timeline& timeline, SpanData& span);

  /// The name with this text that stays when the library is unloaded whose literal it is.
  InternedName Keep(const char* name) noexcept;

 private:
  struct Known {
    const char* literal = nullptr;
    InternedName kept;
  };
  static constexpr std::size_t kKnownNames = 1024;

  // By a hash of the literal's address. Another library may have been loaded to that address, so
  // the texts are compared too.
  std::array<Known, kKnownNames> known_{};
};

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_RECORD_DECODER_H_
