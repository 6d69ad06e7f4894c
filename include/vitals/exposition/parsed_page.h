#ifndef VITALS_EXPOSITION_PARSED_PAGE_H_
#define VITALS_EXPOSITION_PARSED_PAGE_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/model/labels.h"
#include "vitals/model/metric_family.h"

/// \file
/// What a parser found on a page: views into the page's bytes, and numbers.

VITALS_NAMESPACE_BEGIN

namespace exposition {
class PageBuilder;
}  // namespace exposition

/// How a page is written.
enum class ExpositionFormat {
  kText,         ///< the Prometheus text format 0.0.4
  kOpenMetrics,  ///< OpenMetrics 1.0
};

/// A label as it stands on the page.
struct ParsedLabel {
  std::string_view name;
  std::string_view escaped_value;  ///< without the quotes, with the escapes

  /// The value, its escapes replaced. An escape that is none of `\\`, `\"` and `\n` stands for
  /// itself, as Prometheus has it.
  VITALS_EXPORT std::string value() const;

  friend bool operator==(const ParsedLabel&, const ParsedLabel&) = default;
};

/// The labels of a sample or exemplar, in the order of the page. Parses as it goes, so iterate once
/// where speed matters; nothing is allocated. Valid as long as the page's bytes.
class ParsedLabels {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = ParsedLabel;
    using difference_type = std::ptrdiff_t;
    using pointer = const ParsedLabel*;
    using reference = const ParsedLabel&;

    Iterator() = default;
    explicit Iterator(std::string_view text) : rest_(text) { ++*this; }

    reference operator*() const { return label_; }
    pointer operator->() const { return &label_; }
    VITALS_EXPORT Iterator& operator++();
    void operator++(int) { ++*this; }

    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.label_.name.data() == b.label_.name.data();
    }

   private:
    std::string_view rest_;
    ParsedLabel label_;
  };

  ParsedLabels() = default;

  /// `text` is what stands between the braces, on a page that was parsed.
  explicit ParsedLabels(std::string_view text) : text_(text) {}

  /// As the page has them, without the braces.
  std::string_view text() const { return text_; }

  Iterator begin() const { return Iterator(text_); }
  Iterator end() const { return Iterator(); }

  /// The label's value, unescaped; nothing when there is no such label.
  VITALS_EXPORT std::optional<std::string> Get(std::string_view name) const;

  /// All of them as values of their own, unescaped and sorted by name.
  VITALS_EXPORT Labels ToLabels() const;

 private:
  std::string_view text_;
};

/// An exemplar: see model/metric_family.h.
struct ParsedExemplar {
  ParsedLabels labels;
  double value = 0;
  std::optional<double> timestamp_seconds;  ///< since the Unix epoch
};

/// One line with a value.
struct ParsedSample {
  static constexpr std::uint32_t kNoExemplar = UINT32_MAX;

  std::string_view name;  ///< as on the page, suffixes such as `_bucket` included
  ParsedLabels labels;
  double value = 0;
  /// Since the Unix epoch; OpenMetrics' seconds are rounded to milliseconds. What no std::int64_t
  /// holds becomes the nearest one that it does.
  std::optional<std::int64_t> timestamp_ms;
  std::uint32_t exemplar_index = kNoExemplar;  ///< see ParsedPage::Exemplar()

  /// Name and labels as on the page: a key for caches. Equal text is the same series; the same
  /// series may be written in several ways.
  std::string_view series_text() const {
    if (labels.text().data() == nullptr) return name;
    const char* const end = labels.text().data() + labels.text().size() + 1;  // past the brace
    return {name.data(), static_cast<std::size_t>(end - name.data())};
  }
};

/// A run of samples with the metadata in common. A family of OpenMetrics is one run. In the text
/// format, which does not ask for order, a family may come in several runs, of one name and with
/// the same metadata.
struct ParsedFamily {
  /// As on the page: a counter `x_total` has the name `x` in OpenMetrics and `x_total` in the text
  /// format.
  std::string_view name;
  MetricType type = MetricType::kUntyped;
  std::string_view escaped_help;  ///< see ParsedPage::Help()
  std::string_view unit;          ///< OpenMetrics only
  std::uint32_t first_sample = 0;
  std::uint32_t sample_count = 0;  ///< 0 for metadata alone
};

/// A page, taken apart. Refers to the page's bytes, which must stay as they are while this is read.
/// A value; not thread-safe while it is filled. Reuse one for many pages: its memory is kept.
class ParsedPage {
 public:
  ExpositionFormat format() const { return format_; }

  /// In the order of the page.
  std::span<const ParsedFamily> families() const { return families_; }

  /// All samples, in the order of the page; those of a family stand together.
  std::span<const ParsedSample> samples() const { return samples_; }
  std::span<const ParsedSample> samples(const ParsedFamily& family) const {
    return samples().subspan(family.first_sample, family.sample_count);
  }

  /// The sample's exemplar; null when it has none.
  const ParsedExemplar* Exemplar(const ParsedSample& sample) const {
    return sample.exemplar_index == ParsedSample::kNoExemplar ? nullptr
                                                              : &exemplars_[sample.exemplar_index];
  }

  /// The family's help text, unescaped.
  VITALS_EXPORT std::string Help(const ParsedFamily& family) const;

  /// The first run of the family of this name; null when there is none. Looks at each.
  VITALS_EXPORT const ParsedFamily* Find(std::string_view name) const;

 private:
  friend class exposition::PageBuilder;

  ExpositionFormat format_ = ExpositionFormat::kText;
  std::vector<ParsedFamily> families_;
  std::vector<ParsedSample> samples_;
  std::vector<ParsedExemplar> exemplars_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_EXPOSITION_PARSED_PAGE_H_
