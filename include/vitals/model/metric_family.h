#ifndef VITALS_MODEL_METRIC_FAMILY_H_
#define VITALS_MODEL_METRIC_FAMILY_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/model/labels.h"

/// \file
/// Gathered metrics, as encoders and stores read them.

VITALS_NAMESPACE_BEGIN

/// What a family is to Prometheus and OpenMetrics.
enum class MetricType {
  kUntyped,
  kCounter,
  kGauge,
  kHistogram,
  kGaugeHistogram,  ///< known to the parser only: no instrument makes one
  kSummary,
  kInfo,
  kStateSet,
};

/// What the Prometheus text format calls it: "untyped", "counter", "gauge", "histogram", "summary".
/// It has no words for the others: an Info and a StateSet are gauges there, a GaugeHistogram a
/// histogram.
VITALS_EXPORT std::string_view MetricTypeName(MetricType type) noexcept;

/// What OpenMetrics calls it: "unknown", "counter", "gauge", "histogram", "gaugehistogram",
/// "summary", "info" or "stateset".
VITALS_EXPORT std::string_view OpenMetricsTypeName(MetricType type) noexcept;

/// How the values of a family are kept in its column.
enum class ValueKind {
  kUnsigned,   ///< one word a series: std::uint64_t
  kSigned,     ///< one word a series: std::int64_t
  kDouble,     ///< one word a series: the bits of a double
  kHistogram,  ///< the bits of the sum, then one std::uint64_t for each bin
  kSummary,    ///< the bits of the sum, the count, then the bits of each quantile's value
  kStates,     ///< one word a series: bit i tells whether state i holds
};

/// What all series of a family share. Immutable once a family has it, shared by every snapshot.
struct FamilyDescription {
  std::string name;
  std::string help;
  MetricType type = MetricType::kUntyped;
  ValueKind kind = ValueKind::kDouble;
  std::vector<std::string> label_names;  ///< in the order of With()
  Labels const_labels;                   ///< carried by every series
  std::string unit;                      ///< such as "seconds"; the name ends in it; may be empty
  std::vector<double> bounds;            ///< upper bounds of a histogram's buckets but +Inf
  std::vector<double> quantiles;         ///< of a summary, in rising order, each in [0, 1]
  std::vector<std::string> states;       ///< of a StateSet whose kind is kStates; at most 64
  /// Show only the buckets in use, see FindShownBins(): for the many bounds of an exponential
  /// histogram.
  bool hides_empty_buckets = false;

  /// Parts of the text formats that do not change from page to page.
  std::string header;                       ///< "# HELP ...\n# TYPE ...\n"
  std::string const_label_text;             ///< `a="x",b="y"`, escaped
  std::vector<std::string> bound_texts;     ///< `le="0.5"` for each bound, +Inf last
  std::vector<std::string> quantile_texts;  ///< `quantile="0.5"` for each quantile
  std::vector<std::string> state_texts;     ///< `name="state"`, escaped, for each state
  std::string openmetrics_help;             ///< escaped as OpenMetrics has it
  /// The same labels with numbers as OpenMetrics wants them: `le="1.0"`.
  std::vector<std::string> openmetrics_bound_texts;
  std::vector<std::string> openmetrics_quantile_texts;

  /// Words that one series takes in a column.
  std::size_t words_per_series() const {
    switch (kind) {
      case ValueKind::kHistogram:
        return bounds.size() + 2;
      case ValueKind::kSummary:
        return quantiles.size() + 2;
      default:
        return 1;
    }
  }
};

/// Fills in the parts that follow from the others: header and all texts.
VITALS_EXPORT void CompleteDescription(FamilyDescription& description);

/// The labels of one series in the form of the text formats, `a="x",b="y"` with `\`, `"` and
/// newline escaped. The text is in memory `text_offset` bytes after the start of the object: what
/// derives from this is allocated together with its text.
struct LabelBlock {
  std::int64_t created_ms = 0;  ///< when the series began, since the Unix epoch; 0 where unknown
  std::uint32_t text_size = 0;
  std::uint16_t text_offset = 0;
  bool has_escapes = false;  ///< whether the text holds a backslash

  std::string_view text() const noexcept {
    return {reinterpret_cast<const char*>(this) + text_offset, text_size};
  }
};

/// Appends `text` with `\`, `"` and newline escaped, as label values have it.
VITALS_EXPORT void AppendEscapedLabelValue(std::string_view text, std::string& out);

/// The text of a LabelBlock for these labels.
VITALS_EXPORT std::string LabelText(const Labels& labels);

/// Splits the text of a LabelBlock into names and values, unescaped.
VITALS_EXPORT Labels ParseLabelText(std::string_view text);

/// The series of a family at the moment of a Gather. Immutable while anyone else holds it.
class SeriesList {
 public:
  virtual ~SeriesList() = default;
  virtual std::span<const LabelBlock* const> blocks() const noexcept = 0;
};

/// One histogram series in a column.
struct HistogramValue {
  double sum = 0;
  std::span<const std::uint64_t>
      bins;  ///< not cumulative; the last one holds what is above all bounds

  /// Observations: the sum of the bins, hence always equal to the +Inf bucket.
  std::uint64_t count() const noexcept {
    std::uint64_t total = 0;
    for (const std::uint64_t bin : bins) total += bin;
    return total;
  }
};

/// The bins `first` to `last` of a histogram, of which a page shows the buckets, and that of +Inf.
struct ShownBins {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// All bins, or, where the family hides empty buckets, those from the first in use to the last, and
/// one below: who interpolates within the lowest bucket starts there.
VITALS_EXPORT ShownBins FindShownBins(const FamilyDescription& description,
                                      const HistogramValue& value) noexcept;

/// One summary series in a column.
struct SummaryValue {
  double sum = 0;
  std::uint64_t count = 0;
  /// Bits of the value at each quantile of the description; NaN where nothing was observed.
  std::span<const std::uint64_t> quantile_bits;

  double quantile(std::size_t index) const noexcept {
    return std::bit_cast<double>(quantile_bits[index]);
  }
};

/// A single record that stands for many, with labels that lead elsewhere, such as a trace id.
/// Attached to a counter, or to a bin of a histogram (OpenMetrics 1.0, "Exemplars").
struct Exemplar {
  /// Characters (code points) of names and values that OpenMetrics allows.
  static constexpr std::size_t kMaxCharacters = 128;

  /// Bytes of label text that fit: those characters, quotes and commas of a few labels of ASCII.
  static constexpr std::size_t kMaxLabelBytes = 168;

  double value = 0;
  double timestamp_seconds = 0;  ///< since the Unix epoch; 0 where unknown
  std::uint32_t series = 0;      ///< which series of the family
  std::uint32_t bin = 0;         ///< which bin of a histogram; 0 for a counter
  std::uint16_t label_size = 0;
  std::array<char, kMaxLabelBytes> label_bytes{};

  /// In the form of a LabelBlock's text.
  std::string_view label_text() const noexcept { return {label_bytes.data(), label_size}; }
};

/// One family of a snapshot: a shared description, the list of its series, and a column with their
/// values. A value that is filled by Gather and read by everyone else; not thread-safe by itself.
class MetricFamily {
 public:
  const FamilyDescription& description() const { return *description_; }

  /// The same, for who keeps it.
  const std::shared_ptr<const FamilyDescription>& shared_description() const {
    return description_;
  }

  /// Number of series.
  std::size_t size() const { return blocks_.size(); }

  /// Labels of a series, but the constant ones. `index` < size(), here and below.
  std::string_view label_text(std::size_t index) const { return blocks_[index]->text(); }

  /// All labels of a series, constant ones included.
  VITALS_EXPORT Labels labels(std::size_t index) const;

  /// The value, by kind: Unsigned() for ValueKind::kUnsigned and so on.
  std::uint64_t Unsigned(std::size_t index) const { return words_[index]; }
  std::int64_t Signed(std::size_t index) const {
    return std::bit_cast<std::int64_t>(words_[index]);
  }
  double Double(std::size_t index) const { return std::bit_cast<double>(words_[index]); }
  HistogramValue Histogram(std::size_t index) const {
    const std::size_t stride = description_->words_per_series();
    const std::span<const std::uint64_t> words(words_.data() + index * stride, stride);
    return {std::bit_cast<double>(words[0]), words.subspan(1)};
  }

  SummaryValue Summary(std::size_t index) const {
    const std::size_t stride = description_->words_per_series();
    const std::span<const std::uint64_t> words(words_.data() + index * stride, stride);
    return {std::bit_cast<double>(words[0]), words[1], words.subspan(2)};
  }
  bool HasState(std::size_t index, std::size_t state) const {
    return (words_[index] >> state & 1) != 0;
  }

  /// When the series began, in milliseconds since the Unix epoch; 0 where unknown.
  std::int64_t created_ms(std::size_t index) const { return blocks_[index]->created_ms; }

  /// The moment that a collector gave its value, in milliseconds since the Unix epoch; empty for
  /// now, which is what all instruments show.
  std::optional<std::int64_t> timestamp_ms(std::size_t index) const {
    if (timestamps_.empty() || timestamps_[index] == kNoTimestamp) return std::nullopt;
    return timestamps_[index];
  }

  /// Exemplars of all series, by series and bin.
  std::span<const Exemplar> exemplars() const { return exemplars_; }

  /// The value of any kind but histograms and summaries, as a double.
  VITALS_EXPORT double Number(std::size_t index) const;

  /// Points the family at new contents and returns its column, zeroed, to be filled in. Memory of
  /// the previous column is reused.
  VITALS_EXPORT std::span<std::uint64_t> Reset(std::shared_ptr<const FamilyDescription> description,
                                               std::shared_ptr<const SeriesList> series);

  /// Gives the family another description of the same words per series, such as one with another
  /// name. Series and values stay.
  void Redescribe(std::shared_ptr<const FamilyDescription> description) {
    description_ = std::move(description);
  }

  /// Gives the series at `index` a moment of its own.
  VITALS_EXPORT void SetTimestamp(std::size_t index, std::int64_t timestamp_ms);

  /// Appends an exemplar. They are to be added by rising series and bin.
  void AddExemplar(const Exemplar& exemplar) { exemplars_.push_back(exemplar); }

  /// Lets go of description and series; keeps the column's memory.
  VITALS_EXPORT void Clear();

 private:
  std::shared_ptr<const FamilyDescription> description_;
  std::shared_ptr<const SeriesList> series_;
  std::span<const LabelBlock* const> blocks_;
  std::vector<std::uint64_t> words_;

  static constexpr std::int64_t kNoTimestamp = std::numeric_limits<std::int64_t>::min();
  std::vector<std::int64_t> timestamps_;  // empty, or one for each series
  std::vector<Exemplar> exemplars_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_MODEL_METRIC_FAMILY_H_
