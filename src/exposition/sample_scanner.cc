#include "exposition/sample_scanner.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <system_error>

#include "base/bytes.h"
#include "base/utf8.h"
#include "exposition/exemplar_labels.h"
#include "exposition/number.h"
#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {
namespace {

enum CharClass : std::uint8_t {
  kNameStart = 1,   // of labels
  kNameColon = 2,   // of metrics only
  kNameDigit = 4,   // not at the start
  kPlainValue = 8,  // of a label value: neither the closing quote nor an escape
};

constexpr std::array<std::uint8_t, 256> MakeCharClasses() {
  std::array<std::uint8_t, 256> classes{};
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    classes[c] = static_cast<std::uint8_t>((letter ? kNameStart : 0) | (c == ':' ? kNameColon : 0) |
                                           (c >= '0' && c <= '9' ? kNameDigit : 0) |
                                           (c != '"' && c != '\\' ? kPlainValue : 0));
  }
  return classes;
}

constexpr std::array<std::uint8_t, 256> kCharClasses = MakeCharClasses();

bool Has(const char* at, int classes) {
  return (kCharClasses[static_cast<unsigned char>(*at)] & classes) != 0;
}

std::int64_t RoundToMilliseconds(double seconds) {
  constexpr double kBeyond = 9223372036854775808.0;  // 2^63
  const double milliseconds = std::round(seconds * 1000);
  if (milliseconds >= kBeyond) return std::numeric_limits<std::int64_t>::max();
  if (milliseconds < -kBeyond) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(milliseconds);
}

template <ExpositionFormat kFormat>
class SampleScanner {
 public:
  SampleScanner(PageReader& reader, ScannedSample& scanned)
      : reader_(reader),
        scanned_(scanned),
        at_(reader.line().data()),
        end_(at_ + reader.line().size()) {}

  bool Scan() {
    ParsedSample& sample = scanned_.sample;
    SkipBlanks();
    const std::size_t name_size = MetricNameSize(Between(at_, end_));
    if (name_size == 0) return Expected("a metric name", at_);
    sample.name = Between(at_, at_ + name_size);
    at_ += name_size;
    SkipBlanks();
    sample.labels = ParsedLabels();
    scanned_.labels.clear();
    scanned_.labels_have_escapes = false;
    if (Peek() == '{' && !ScanLabels(scanned_.labels, sample.labels)) return false;
    if (!SkipSeparator("the value")) return false;
    scanned_.value_at = at_;
    return ScanNumber("a value", sample.value) && ScanTimestamp() && ScanExemplar() && ScanEnd();
  }

 private:
  static constexpr bool kIsText = kFormat == ExpositionFormat::kText;

  static std::string_view Between(const char* from, const char* to) {
    return {from, static_cast<std::size_t>(to - from)};
  }

  // The next character; a newline at the end of the line.
  char Peek() const { return at_ == end_ ? '\n' : *at_; }

  void SkipClass(int classes) {
    while (at_ != end_ && Has(at_, classes)) ++at_;
  }

  // The text format allows blanks and tabs nearly everywhere, OpenMetrics nowhere.
  void SkipBlanks() {
    if constexpr (kIsText) {
      while (at_ != end_ && (*at_ == ' ' || *at_ == '\t')) ++at_;
    }
  }

  bool Expected(std::string_view what, const char* at) {
    return reader_.Fail(at, fmt::format("expected {}, found {}", what, Shown(at, end_)));
  }

  // What stands between two parts of a line: one blank in OpenMetrics.
  bool SkipSeparator(std::string_view next) {
    SkipBlanks();
    if constexpr (!kIsText) {
      if (Peek() != ' ') return Expected(fmt::format("a blank before {}", next), at_);
      ++at_;
    }
    return true;
  }

  bool ScanLabels(std::vector<ParsedLabel>& labels, ParsedLabels& text) {
    const char* const open = ++at_;
    SkipBlanks();
    if (Peek() != '}') {
      while (true) {
        if (!ScanLabel(labels)) return false;
        SkipBlanks();
        if (Peek() == '}') break;
        if (Peek() != ',') return Expected("',' or '}' after the label", at_);
        ++at_;
        SkipBlanks();
        if (kIsText && Peek() == '}') break;
      }
    }
    text = ParsedLabels(Between(open, at_));
    ++at_;
    return true;
  }

  bool ScanLabel(std::vector<ParsedLabel>& labels) {
    const char* const name = at_;
    SkipClass(kNameStart | kNameDigit);
    if (at_ == name || Has(name, kNameDigit)) return Expected("a label name", name);
    ParsedLabel label{Between(name, at_), {}};
    SkipBlanks();
    if (Peek() != '=') return Expected("'=' after the label name", at_);
    ++at_;
    SkipBlanks();
    if (Peek() != '"') return Expected("'\"' before the label value", at_);
    const char* const value = ++at_;
    for (SkipClass(kPlainValue); Peek() != '"'; SkipClass(kPlainValue)) {
      if (end_ - at_ < 2) return Expected("'\"' after the label value", end_);
      scanned_.labels_have_escapes = true;
      at_ += 2;
    }
    label.escaped_value = Between(value, at_);
    ++at_;
    return AddLabel(label, labels);
  }

  bool AddLabel(const ParsedLabel& label, std::vector<ParsedLabel>& labels) {
    if (!reader_.is_utf8() && !base::IsValidUtf8(label.escaped_value)) {
      return reader_.Fail(label.escaped_value.data(), "the label value is not UTF-8");
    }
    for (const ParsedLabel& earlier : labels) {
      if (earlier.name.size() == label.name.size() &&
          base::EqualBytes(earlier.name.data(), label.name.data(), label.name.size())) {
        return reader_.Fail(
            label.name.data(),
            fmt::format("label \"{}\" is given twice: give each label once", label.name));
      }
    }
    if (labels.size() == reader_.options().max_labels) {
      return reader_.FailLimit(label.name.data(), "labels of a sample", "max_labels",
                               labels.size());
    }
    labels.push_back(label);
    return true;
  }

  // All up to the next blank.
  std::string_view TakeToken() {
    const char* const start = at_;
    while (at_ != end_ && *at_ != ' ' && !(kIsText && *at_ == '\t')) ++at_;
    return Between(start, at_);
  }

  bool ScanNumber(std::string_view what, double& number) {
    const char* const start = at_;
    const std::string_view token = TakeToken();
    switch (ParseNumber(token, number)) {
      case NumberError::kNone:
        return true;
      case NumberError::kRange:
        return reader_.Fail(start, fmt::format("{} beyond the range of a double", what));
      case NumberError::kSyntax:
        break;
    }
    if (token.empty()) return Expected(what, start);
    return reader_.Fail(start,
                        fmt::format("expected {}: a decimal number, +Inf, -Inf or NaN", what));
  }

  bool ScanTimestamp() {
    scanned_.sample.timestamp_ms.reset();
    scanned_.timestamp_seconds = std::numeric_limits<double>::quiet_NaN();
    SkipBlanks();
    if (at_ == end_) return true;
    if constexpr (kIsText) return ScanMilliseconds();
    if (end_ - at_ >= 2 && at_[0] == ' ' && at_[1] == '#') return true;
    if (!SkipSeparator("the timestamp") || !ScanSeconds(scanned_.timestamp_seconds)) return false;
    scanned_.sample.timestamp_ms = RoundToMilliseconds(scanned_.timestamp_seconds);
    return true;
  }

  bool ScanMilliseconds() {
    const char* const start = at_;
    TakeToken();
    std::int64_t timestamp_ms = 0;
    const std::from_chars_result read = std::from_chars(start, at_, timestamp_ms);
    if (read.ec != std::errc() || read.ptr != at_) {
      return reader_.Fail(
          start, fmt::format("expected a timestamp in whole milliseconds: at most {} digits",
                             std::numeric_limits<std::int64_t>::digits10));
    }
    scanned_.sample.timestamp_ms = timestamp_ms;
    SkipBlanks();
    return true;
  }

  bool ScanSeconds(double& seconds) {
    const char* const start = at_;
    if (!ScanNumber("a timestamp in seconds", seconds)) return false;
    if (std::isfinite(seconds)) return true;
    return reader_.Fail(start, "a timestamp is a finite number of seconds");
  }

  // ` # {labels} value timestamp`, of OpenMetrics.
  bool ScanExemplar() {
    scanned_.exemplar.reset();
    if (kIsText || at_ == end_) return true;
    if (!SkipSeparator("the exemplar")) return false;
    if (Peek() != '#') return Expected("'#' before the exemplar", at_);
    scanned_.exemplar_at = at_++;
    if (!SkipSeparator("the exemplar's labels")) return false;
    if (Peek() != '{') return Expected("'{' before the exemplar's labels", at_);
    ParsedExemplar& exemplar = scanned_.exemplar.emplace();
    if (!ScanExemplarLabels(exemplar)) return false;
    if (!SkipSeparator("the exemplar's value")) return false;
    if (!ScanNumber("the exemplar's value", exemplar.value)) return false;
    if (at_ == end_) return true;
    return SkipSeparator("the exemplar's timestamp") &&
           ScanSeconds(exemplar.timestamp_seconds.emplace());
  }

  bool ScanExemplarLabels(ParsedExemplar& exemplar) {
    const char* const start = at_;
    const bool sample_has_escapes = scanned_.labels_have_escapes;
    exemplar_labels_.clear();
    if (!ScanLabels(exemplar_labels_, exemplar.labels)) return false;
    scanned_.labels_have_escapes = sample_has_escapes;
    const std::size_t characters = CountCharacters(exemplar.labels);
    if (characters <= Exemplar::kMaxCharacters) return true;
    return reader_.Fail(
        start, fmt::format("the exemplar's labels have {} characters: {} are allowed, give it "
                           "a trace id alone",
                           characters, Exemplar::kMaxCharacters));
  }

  bool ScanEnd() { return at_ == end_ || Expected("the end of the line", at_); }

  PageReader& reader_;
  ScannedSample& scanned_;
  const char* at_;
  const char* const end_;
  std::vector<ParsedLabel> exemplar_labels_;
};

}  // namespace

std::size_t MetricNameSize(std::string_view text) noexcept {
  if (text.empty() || Has(text.data(), kNameDigit)) return 0;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end && Has(at, kNameStart | kNameColon | kNameDigit)) ++at;
  return static_cast<std::size_t>(at - text.data());
}

template <ExpositionFormat kFormat>
bool ScanSample(PageReader& reader, ScannedSample& scanned) {
  return SampleScanner<kFormat>(reader, scanned).Scan();
}

template bool ScanSample<ExpositionFormat::kText>(PageReader&, ScannedSample&);
template bool ScanSample<ExpositionFormat::kOpenMetrics>(PageReader&, ScannedSample&);

}  // namespace exposition
VITALS_NAMESPACE_END
