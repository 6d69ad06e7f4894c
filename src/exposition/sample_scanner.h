#ifndef VITALS_SRC_EXPOSITION_SAMPLE_SCANNER_H_
#define VITALS_SRC_EXPOSITION_SAMPLE_SCANNER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "exposition/page_reader.h"
#include "vitals/base/config.h"
#include "vitals/exposition/parsed_page.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {

inline bool IsMetricNameStart(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}

/// The bytes of a metric name that `text` starts with; 0 when it starts with none.
std::size_t MetricNameSize(std::string_view text) noexcept;

/// One line with a value, before it is told which family it is of.
struct ScannedSample {
  ParsedSample sample;              ///< but for the exemplar's index
  std::vector<ParsedLabel> labels;  ///< the sample's
  bool labels_have_escapes = false;
  /// The timestamp as OpenMetrics has it, not rounded. NaN where there is none.
  double timestamp_seconds = 0;
  const char* value_at = nullptr;  ///< where the value stands, for messages
  std::optional<ParsedExemplar> exemplar;
  const char* exemplar_at = nullptr;
};

/// Takes the current line of `reader` apart, by the grammar of the format. Reuses the memory of
/// `scanned`.
template <ExpositionFormat kFormat>
bool ScanSample(PageReader& reader, ScannedSample& scanned);

extern template bool ScanSample<ExpositionFormat::kText>(PageReader&, ScannedSample&);
extern template bool ScanSample<ExpositionFormat::kOpenMetrics>(PageReader&, ScannedSample&);

}  // namespace exposition
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_EXPOSITION_SAMPLE_SCANNER_H_
