#ifndef VITALS_MODEL_METRIC_FAMILY_H_
#define VITALS_MODEL_METRIC_FAMILY_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/model/labels.h"

/// \file
/// Gathered metrics, as encoders and stores read them.

VITALS_NAMESPACE_BEGIN

/// What a family is to Prometheus.
enum class MetricType { kUntyped, kCounter, kGauge, kHistogram };

/// "untyped", "counter", "gauge" or "histogram".
VITALS_EXPORT std::string_view MetricTypeName(MetricType type) noexcept;

/// How the values of a family are kept in its column.
enum class ValueKind {
  kUnsigned,   ///< one word a series: std::uint64_t
  kSigned,     ///< one word a series: std::int64_t
  kDouble,     ///< one word a series: the bits of a double
  kHistogram,  ///< the bits of the sum, then one std::uint64_t for each bin
};

/// What all series of a family share. Immutable once a family has it, shared by every snapshot.
struct FamilyDescription {
  std::string name;
  std::string help;
  MetricType type = MetricType::kUntyped;
  ValueKind kind = ValueKind::kDouble;
  std::vector<std::string> label_names;  ///< in the order of With()
  Labels const_labels;                   ///< carried by every series
  std::vector<double> bounds;            ///< upper bounds of a histogram's buckets but +Inf

  /// Parts of the text formats that do not change from page to page.
  std::string header;                    ///< "# HELP ...\n# TYPE ...\n"
  std::string const_label_text;          ///< `a="x",b="y"`, escaped
  std::vector<std::string> bound_texts;  ///< values of `le`, "+Inf" last

  /// Words that one series takes in a column.
  std::size_t words_per_series() const {
    return kind == ValueKind::kHistogram ? bounds.size() + 2 : 1;
  }
};

/// Fills in the parts that follow from the others: header, const_label_text, bound_texts.
VITALS_EXPORT void CompleteDescription(FamilyDescription& description);

/// The labels of one series in the form of the text formats, `a="x",b="y"` with `\`, `"` and
/// newline escaped. The text is in memory `text_offset` bytes after the start of the object: what
/// derives from this is allocated together with its text.
struct LabelBlock {
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

/// One family of a snapshot: a shared description, the list of its series, and a column with their
/// values. A value that is filled by Gather and read by everyone else; not thread-safe by itself.
class MetricFamily {
 public:
  const FamilyDescription& description() const { return *description_; }

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

  /// The value of any kind but histograms, as a double.
  VITALS_EXPORT double Number(std::size_t index) const;

  /// Points the family at new contents and returns its column, zeroed, to be filled in. Memory of
  /// the previous column is reused.
  VITALS_EXPORT std::span<std::uint64_t> Reset(std::shared_ptr<const FamilyDescription> description,
                                               std::shared_ptr<const SeriesList> series);

  /// Lets go of description and series; keeps the column's memory.
  VITALS_EXPORT void Clear();

 private:
  std::shared_ptr<const FamilyDescription> description_;
  std::shared_ptr<const SeriesList> series_;
  std::span<const LabelBlock* const> blocks_;
  std::vector<std::uint64_t> words_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_MODEL_METRIC_FAMILY_H_
