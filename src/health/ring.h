#ifndef VITALS_SRC_HEALTH_RING_H_
#define VITALS_SRC_HEALTH_RING_H_

#include <cstddef>
#include <vector>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace health {

/// The latest `capacity` of what was put in. Grows as it fills, and then reuses what is oldest, so
/// that strings in it keep their memory. Not thread-safe.
template <typename Value>
class Ring {
 public:
  /// `capacity` is not 0.
  explicit Ring(std::size_t capacity) : capacity_(capacity) {}

  /// The place of the newest, to be filled: new, or what was the oldest.
  Value& Push() {
    if (values_.size() < capacity_) {
      newest_ = values_.size();
      return values_.emplace_back();
    }
    newest_ = (newest_ + 1) % capacity_;
    return values_[newest_];
  }

  std::size_t size() const { return values_.size(); }
  bool empty() const { return values_.empty(); }

  /// 0 is the newest, size() - 1 the oldest.
  const Value& FromNewest(std::size_t index) const {
    return values_[(newest_ + values_.size() - index) % values_.size()];
  }

 private:
  const std::size_t capacity_;
  std::size_t newest_ = 0;
  std::vector<Value> values_;
};

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_RING_H_
