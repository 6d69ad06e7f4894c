#ifndef VITALS_SRC_EXPORT_PARTIAL_SUCCESS_H_
#define VITALS_SRC_EXPORT_PARTIAL_SUCCESS_H_

#include <cstdint>
#include <string_view>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace otlp {

/// What a collector says of a request that it took in part, or has a warning for.
struct PartialSuccess {
  std::uint64_t rejected_spans = 0;
  /// As it stands in the JSON, with its escapes; so it has no control characters. A view.
  std::string_view error_message;
};

/// Finds `partialSuccess` in an ExportTraceServiceResponse as JSON. Empty for one without it, and
/// for what is no JSON: collectors answer many things. Takes time in proportion to the text, and no
/// memory; values nested deeper than 32 are no JSON to it.
VITALS_EXPORT PartialSuccess ParsePartialSuccess(std::string_view body) noexcept;

}  // namespace otlp
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_EXPORT_PARTIAL_SUCCESS_H_
