#ifndef VITALS_SRC_EXPOSITION_FAMILY_ENCODER_H_
#define VITALS_SRC_EXPOSITION_FAMILY_ENCODER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "exposition/page_writer.h"
#include "vitals/base/config.h"
#include "vitals/model/metric_family.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {

/// Writes the samples of one family. What the text formats differ in is the Format's:
///
///     const std::vector<std::string>& bound_texts(const FamilyDescription&);
///     const std::vector<std::string>& quantile_texts(const FamilyDescription&);
///     bool shows_exemplars();
///     bool shows_sum(const FamilyDescription&, double sum);
///     bool shows_quantile(double value);
///     std::string_view created_name();  // of the `_created` lines; empty for none
///     void WriteTimestamp(std::int64_t timestamp_ms, PageWriter&);  // at most kTimestampBytes
///     void WriteExemplar(const Exemplar&, PageWriter&);             // at most kExemplarBytes
///     void WriteCreated(std::int64_t created_ms, PageWriter&);      // at most kTimestampBytes
template <typename Format>
class FamilyEncoder {
 public:
  /// A blank and a timestamp.
  static constexpr std::size_t kTimestampBytes = PageWriter::kMaxNumberBytes;
  /// Labels, value and timestamp, and what stands between them.
  static constexpr std::size_t kExemplarBytes =
      Exemplar::kMaxLabelBytes + 2 * PageWriter::kMaxNumberBytes + 16;

  /// All must outlive the encoder.
  FamilyEncoder(const Format& format, const MetricFamily& family, PageWriter& writer)
      : format_(format),
        family_(family),
        description_(family.description()),
        writer_(writer),
        name_(description_.name),
        const_labels_(description_.const_label_text) {
    if (format_.shows_exemplars()) exemplars_ = family.exemplars();
  }

  void Encode() {
    switch (description_.kind) {
      case ValueKind::kUnsigned:
        return EncodeNumbers([this](std::size_t i) { return family_.Unsigned(i); });
      case ValueKind::kSigned:
        return EncodeNumbers([this](std::size_t i) { return family_.Signed(i); });
      case ValueKind::kDouble:
        return EncodeNumbers([this](std::size_t i) { return family_.Double(i); });
      case ValueKind::kHistogram:
        return EncodeHistograms();
      case ValueKind::kSummary:
        return EncodeSummaries();
      case ValueKind::kStates:
        return EncodeStates();
    }
  }

 private:
  // What a line holds besides its texts: braces, commas, blanks, the number, the newline.
  static constexpr std::size_t kLineOverheadBytes = 16 + PageWriter::kMaxNumberBytes;

  // One line for each series, with the number that `read(index)` returns.
  template <typename Read>
  void EncodeNumbers(const Read& read) {
    for (std::size_t i = 0; i < family_.size(); ++i) {
      const std::string_view labels = family_.label_text(i);
      WriteStart(name_, {}, labels, {});
      writer_.WriteNumber(read(i));
      WriteEnd(i, 0);
      WriteCreated(i, labels);
    }
  }

  void EncodeHistograms() {
    const std::vector<std::string>& bound_texts = format_.bound_texts(description_);
    for (std::size_t i = 0; i < family_.size(); ++i) {
      const std::string_view labels = family_.label_text(i);
      const HistogramValue value = family_.Histogram(i);
      const std::uint64_t count = EncodeBuckets(i, labels, value, bound_texts);
      // OpenMetrics has both or none.
      if (format_.shows_sum(description_, value.sum)) {
        WriteLine(i, "_sum", labels, {}, value.sum);
        WriteLine(i, "_count", labels, {}, count);
      }
      WriteCreated(i, labels);
    }
  }

  // Returns the count of the last bucket, +Inf.
  std::uint64_t EncodeBuckets(std::size_t series, std::string_view labels,
                              const HistogramValue& value,
                              const std::vector<std::string>& bound_texts) {
    const auto [first, last] = FindShownBins(description_, value);
    std::uint64_t cumulative = 0;
    for (std::size_t bin = 0; bin < value.bins.size(); ++bin) {
      cumulative += value.bins[bin];
      if ((bin < first || bin > last) && bin + 1 < value.bins.size()) continue;
      WriteStart(name_, "_bucket", labels, bound_texts[bin]);
      writer_.WriteNumber(cumulative);
      WriteEnd(series, bin);
    }
    return cumulative;
  }

  void EncodeSummaries() {
    const std::vector<std::string>& quantile_texts = format_.quantile_texts(description_);
    for (std::size_t i = 0; i < family_.size(); ++i) {
      const std::string_view labels = family_.label_text(i);
      const SummaryValue value = family_.Summary(i);
      for (std::size_t q = 0; q < quantile_texts.size(); ++q) {
        if (!format_.shows_quantile(value.quantile(q))) continue;
        WriteLine(i, {}, labels, quantile_texts[q], value.quantile(q));
      }
      if (format_.shows_sum(description_, value.sum)) {
        WriteLine(i, "_sum", labels, {}, value.sum);
      }
      WriteLine(i, "_count", labels, {}, value.count);
      WriteCreated(i, labels);
    }
  }

  void EncodeStates() {
    for (std::size_t i = 0; i < family_.size(); ++i) {
      const std::string_view labels = family_.label_text(i);
      for (std::size_t state = 0; state < description_.states.size(); ++state) {
        WriteLine(i, {}, labels, description_.state_texts[state],
                  std::uint64_t{family_.HasState(i, state) ? 1U : 0U});
      }
    }
  }

  template <typename Number>
  void WriteLine(std::size_t series, std::string_view suffix, std::string_view labels,
                 std::string_view own_label, Number number) {
    WriteStart(name_, suffix, labels, own_label);
    writer_.WriteNumber(number);
    WriteTimestamp(series);
    writer_.Write('\n');
  }

  // Makes room for a line but its exemplar, and writes `name_suffix{labels,own_label} `.
  void WriteStart(std::string_view name, std::string_view suffix, std::string_view labels,
                  std::string_view own_label) {
    writer_.Reserve(name.size() + suffix.size() + const_labels_.size() + labels.size() +
                    own_label.size() + kLineOverheadBytes + kTimestampBytes);
    writer_.Write(name);
    writer_.Write(suffix);
    char before = '{';
    for (const std::string_view text : {const_labels_, labels, own_label}) {
      if (text.empty()) continue;
      writer_.Write(before);
      writer_.Write(text);
      before = ',';
    }
    if (before == ',') writer_.Write('}');
    writer_.Write(' ');
  }

  // The rest of a line that may have an exemplar.
  void WriteEnd(std::size_t series, std::size_t bin) {
    WriteTimestamp(series);
    if (!exemplars_.empty()) WriteExemplar(series, bin);
    writer_.Write('\n');
  }

  void WriteTimestamp(std::size_t series) {
    const std::optional<std::int64_t> timestamp_ms = family_.timestamp_ms(series);
    if (timestamp_ms) format_.WriteTimestamp(*timestamp_ms, writer_);
  }

  static bool IsBefore(const Exemplar& exemplar, std::size_t series, std::size_t bin) {
    return exemplar.series < series || (exemplar.series == series && exemplar.bin < bin);
  }

  // Exemplars come in the order of the lines; those of lines that are not shown are passed over.
  void WriteExemplar(std::size_t series, std::size_t bin) {
    while (IsBefore(exemplars_.front(), series, bin)) {
      exemplars_ = exemplars_.subspan(1);
      if (exemplars_.empty()) return;
    }
    const Exemplar& next = exemplars_.front();
    if (next.series != series || next.bin != bin) return;
    writer_.Reserve(kExemplarBytes);
    format_.WriteExemplar(next, writer_);
    exemplars_ = exemplars_.subspan(1);
  }

  void WriteCreated(std::size_t series, std::string_view labels) {
    const std::string_view name = format_.created_name();
    if (name.empty() || family_.created_ms(series) == 0) return;
    WriteStart(name, "_created", labels, {});
    format_.WriteCreated(family_.created_ms(series), writer_);
    WriteTimestamp(series);
    writer_.Write('\n');
  }

  const Format& format_;
  const MetricFamily& family_;
  const FamilyDescription& description_;
  PageWriter& writer_;
  const std::string_view name_;
  const std::string_view const_labels_;
  std::span<const Exemplar> exemplars_;  // those that are not written yet
};

}  // namespace exposition
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_EXPOSITION_FAMILY_ENCODER_H_
