#ifndef VITALS_SRC_TRACE_INTRUSIVE_LIST_H_
#define VITALS_SRC_TRACE_INTRUSIVE_LIST_H_

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// An element's place in an IntrusiveList.
template <typename T>
struct ListLinks {
  T* previous = nullptr;
  T* next = nullptr;
  bool is_linked = false;
};

/// A queue whose elements carry their links in the member `links`, so that each can be taken out of
/// the middle, and joining allocates nothing. Does not own them.
template <typename T, ListLinks<T> T::*links>
class IntrusiveList {
 public:
  T* front() const noexcept { return front_; }

  void PushBack(T& element) noexcept {
    element.*links = {back_, nullptr, true};
    (back_ != nullptr ? (back_->*links).next : front_) = &element;
    back_ = &element;
  }

  /// Does nothing where it is in no list.
  void Remove(T& element) noexcept {
    const ListLinks<T> place = element.*links;
    if (!place.is_linked) return;
    (place.previous != nullptr ? (place.previous->*links).next : front_) = place.next;
    (place.next != nullptr ? (place.next->*links).previous : back_) = place.previous;
    element.*links = {};
  }

 private:
  T* front_ = nullptr;
  T* back_ = nullptr;
};

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_INTRUSIVE_LIST_H_
