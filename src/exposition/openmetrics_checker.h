#ifndef VITALS_SRC_EXPOSITION_OPENMETRICS_CHECKER_H_
#define VITALS_SRC_EXPOSITION_OPENMETRICS_CHECKER_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "exposition/label_set_index.h"
#include "exposition/openmetrics_role.h"
#include "exposition/page_reader.h"
#include "exposition/sample_scanner.h"
#include "vitals/base/config.h"
#include "vitals/exposition/parsed_page.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {

/// Holds the samples of one family at a time against the rules of OpenMetrics: the words are those
/// of the specification. A family has metrics (sets of labels), whose samples stand together; a
/// metric has points, one for each timestamp, in rising order; a point has samples by role.
class OpenMetricsChecker {
 public:
  /// `reader` must outlive the checker.
  explicit OpenMetricsChecker(PageReader& reader) : reader_(reader) {}

  /// Begins a family of this type, when its first sample is there.
  void StartFamily(MetricType type);

  /// The next sample of the family.
  bool CheckSample(const ParsedFamily& family, Role role, const ScannedSample& scanned);

  /// After the last sample.
  bool EndFamily() { return EndPoint(); }

 private:
  // What the samples of the current point have shown.
  struct Point {
    std::uint32_t roles = 0;  // bits by Role
    double last_bound = 0;
    double last_bucket = 0;
    double count = 0;
    double gauge_sum = 0;
    bool has_negative_bounds = false;
  };

  // The label that tells samples of one point apart; null when the role has none.
  const ParsedLabel* FindOwnLabel(std::string_view name, const ScannedSample& scanned) const;
  bool CheckOwnLabel(Role role, const ParsedLabel* label, std::string_view name,
                     const ScannedSample& scanned);
  bool IsSameMetric(const ParsedLabel* own_label, const ScannedSample& scanned) const;
  bool CheckMetric(const ParsedLabel* own_label, const ScannedSample& scanned);
  bool CheckTimestamp(const ScannedSample& scanned);
  bool StartPoint();
  bool CheckRepeat(Role role, const ParsedLabel* own_label, const ScannedSample& scanned);
  bool CheckValue(Role role, const ScannedSample& scanned);
  bool CheckBucket(double bound, const ScannedSample& scanned);
  bool CheckExemplar(Role role, const ScannedSample& scanned);
  bool EndPoint();
  bool EndHistogramPoint();

  bool Has(Role role) const { return (point_.roles >> static_cast<unsigned>(role) & 1) != 0; }

  PageReader& reader_;
  LabelSetIndex metrics_;     // of the family
  LabelSetIndex own_labels_;  // of the point: quantiles and states
  bool is_histogram_ = false;
  bool has_metric_ = false;
  std::uint32_t metric_ = 0;                // number of the current one
  std::vector<ParsedLabel> metric_labels_;  // as its last sample has them
  double timestamp_ = 0;                    // of the current point; NaN for none
  double bound_ = 0;                        // of the current sample
  Point point_;
  const char* last_sample_at_ = nullptr;
};

}  // namespace exposition
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_EXPOSITION_OPENMETRICS_CHECKER_H_
