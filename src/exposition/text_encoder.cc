#include "vitals/exposition/text_encoder.h"

#include <algorithm>

#include "exposition/page_writer.h"

VITALS_NAMESPACE_BEGIN
namespace {

using exposition::PageWriter;

// What a line holds besides its texts: braces, quotes, commas, `le=`, the number.
constexpr std::size_t kLineOverheadBytes = 32 + PageWriter::kMaxNumberBytes;

// The texts of a family's lines that are the same for all of its series.
struct FamilyTexts {
  explicit FamilyTexts(const FamilyDescription& description)
      : name(description.name), const_labels(description.const_label_text) {}

  std::size_t line_bytes(std::string_view labels) const {
    return name.size() + const_labels.size() + labels.size() + kLineOverheadBytes;
  }

  std::string_view name;
  std::string_view const_labels;
};

// Writes `{const,own`, or nothing when there are no labels; whether it wrote.
bool WriteLabels(const FamilyTexts& texts, std::string_view labels, PageWriter& writer) {
  if (texts.const_labels.empty() && labels.empty()) return false;
  writer.Write('{');
  writer.Write(texts.const_labels);
  if (!texts.const_labels.empty() && !labels.empty()) writer.Write(',');
  writer.Write(labels);
  return true;
}

// Writes `name_suffix{labels} `.
void WriteLineStart(const FamilyTexts& texts, std::string_view suffix, std::string_view labels,
                    PageWriter& writer) {
  writer.Write(texts.name);
  writer.Write(suffix);
  if (WriteLabels(texts, labels, writer)) writer.Write('}');
  writer.Write(' ');
}

template <typename Number>
void WriteLine(const FamilyTexts& texts, std::string_view suffix, std::string_view labels,
               Number number, PageWriter& writer) {
  WriteLineStart(texts, suffix, labels, writer);
  writer.WriteNumber(number);
  writer.Write('\n');
}

// One line for each series, with the number that `read(index)` returns.
template <typename Read>
void WriteNumbers(const MetricFamily& family, PageWriter& writer, const Read& read) {
  const FamilyTexts texts(family.description());
  for (std::size_t i = 0; i < family.size(); ++i) {
    const std::string_view labels = family.label_text(i);
    writer.Reserve(texts.line_bytes(labels));
    WriteLine(texts, {}, labels, read(i), writer);
  }
}

void WriteBuckets(const FamilyDescription& description, const FamilyTexts& texts,
                  std::string_view labels, const HistogramValue& value, PageWriter& writer) {
  std::uint64_t cumulative = 0;
  for (std::size_t bin = 0; bin < value.bins.size(); ++bin) {
    cumulative += value.bins[bin];
    writer.Write(texts.name);
    writer.Write(std::string_view("_bucket"));
    writer.Write(WriteLabels(texts, labels, writer) ? ',' : '{');
    writer.Write(std::string_view("le=\""));
    writer.Write(description.bound_texts[bin]);
    writer.Write(std::string_view("\"} "));
    writer.WriteNumber(cumulative);
    writer.Write('\n');
  }
}

void WriteHistograms(const MetricFamily& family, PageWriter& writer) {
  const FamilyDescription& description = family.description();
  const FamilyTexts texts(description);
  for (std::size_t i = 0; i < family.size(); ++i) {
    const std::string_view labels = family.label_text(i);
    const HistogramValue value = family.Histogram(i);
    writer.Reserve((value.bins.size() + 2) *
                   (texts.line_bytes(labels) + PageWriter::kMaxNumberBytes));
    WriteBuckets(description, texts, labels, value, writer);
    WriteLine(texts, "_sum", labels, value.sum, writer);
    WriteLine(texts, "_count", labels, value.count(), writer);
  }
}

}  // namespace

void EncodeText(const Snapshot& snapshot, std::string& page) {
  PageWriter writer(page);
  for (const MetricFamily& family : snapshot.families()) {
    const FamilyDescription& description = family.description();
    writer.Reserve(description.header.size());
    writer.Write(description.header);
    switch (description.kind) {
      case ValueKind::kUnsigned:
        WriteNumbers(family, writer, [&](std::size_t i) { return family.Unsigned(i); });
        break;
      case ValueKind::kSigned:
        WriteNumbers(family, writer, [&](std::size_t i) { return family.Signed(i); });
        break;
      case ValueKind::kDouble:
        WriteNumbers(family, writer, [&](std::size_t i) { return family.Double(i); });
        break;
      case ValueKind::kHistogram:
        WriteHistograms(family, writer);
        break;
      case ValueKind::kSummary:
      case ValueKind::kStates:
        break;
    }
  }
}

VITALS_NAMESPACE_END
