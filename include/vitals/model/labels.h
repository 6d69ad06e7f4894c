#ifndef VITALS_MODEL_LABELS_H_
#define VITALS_MODEL_LABELS_H_

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN

/// One label: a name of [a-zA-Z_][a-zA-Z0-9_]* and any UTF-8 value.
struct Label {
  std::string name;
  std::string value;

  friend bool operator==(const Label&, const Label&) = default;
  friend auto operator<=>(const Label&, const Label&) = default;
};

/// A set of labels, sorted by name: one that differs only in order is equal. A value; not checked
/// until it enters a registry.
class VITALS_EXPORT Labels {
 public:
  Labels() = default;
  Labels(std::initializer_list<Label> labels);  // NOLINT(google-explicit-constructor): {{"a", "b"}}
  explicit Labels(std::vector<Label> labels);

  /// The value of this label; empty when there is none, as the data model has it.
  std::string_view Get(std::string_view name) const;

  /// Whether there is such a label, be its value empty or not.
  bool Contains(std::string_view name) const;

  bool empty() const { return labels_.empty(); }
  std::size_t size() const { return labels_.size(); }
  std::vector<Label>::const_iterator begin() const { return labels_.begin(); }
  std::vector<Label>::const_iterator end() const { return labels_.end(); }

  friend bool operator==(const Labels&, const Labels&) = default;

 private:
  std::vector<Label> labels_;
};

/// OK when the names are valid, not reserved and not repeated, and the values are UTF-8; else
/// InvalidArgument that names the label. A name is reserved when it starts with "__".
VITALS_EXPORT absl::Status ValidateLabels(const Labels& labels);

VITALS_NAMESPACE_END

#endif  // VITALS_MODEL_LABELS_H_
