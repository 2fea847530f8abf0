#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace schoolwatch::crawler {

// Many first-in-first-out queues of numbers that share one store: most hosts have a few addresses
// waiting and some have thousands. A queue is a list of chunks of a cache line each, so that
// putting in and taking out cost the same whatever is queued, a number costs 4.3 bytes, and one
// touch of memory serves fifteen of them. Chunks are used again; the store never shrinks.
class IdQueues {
 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

 public:
  // One queue: what its owner keeps of it. To be used with one IdQueues only.
  class Queue {
   public:
    bool empty() const { return head_ == kNone; }

   private:
    friend class IdQueues;
    std::uint32_t head_ = kNone;  // Chunks.
    std::uint32_t tail_ = kNone;
    std::uint16_t first_ = 0;  // In the head.
    std::uint16_t end_ = 0;    // In the tail.
  };

  void Push(Queue& queue, std::uint32_t id) {
    if (queue.empty()) {
      queue.head_ = queue.tail_ = NewChunk();
      queue.first_ = queue.end_ = 0;
    } else if (queue.end_ == kPerChunk) {
      const std::uint32_t chunk = NewChunk();
      chunks_[queue.tail_].next = chunk;
      queue.tail_ = chunk;
      queue.end_ = 0;
    }
    chunks_[queue.tail_].ids[queue.end_++] = id;
  }

  // From a queue that is not empty.
  std::uint32_t Pop(Queue& queue) {
    assert(!queue.empty());
    const std::uint32_t head = queue.head_;
    const std::uint32_t id = chunks_[head].ids[queue.first_++];
    if (head == queue.tail_ && queue.first_ == queue.end_) {
      queue.head_ = queue.tail_ = kNone;
      FreeChunk(head);
    } else if (queue.first_ == kPerChunk) {
      queue.head_ = chunks_[head].next;
      queue.first_ = 0;
      FreeChunk(head);
    }
    return id;
  }

 private:
  static constexpr std::size_t kPerChunk = 15;

  struct alignas(64) Chunk {
    std::array<std::uint32_t, kPerChunk> ids;
    std::uint32_t next;  // Of the queue it is in, or of the free ones.
  };

  std::uint32_t NewChunk() {
    std::uint32_t chunk = free_;
    if (chunk == kNone) {
      chunk = static_cast<std::uint32_t>(chunks_.size());
      chunks_.emplace_back();
    } else {
      free_ = chunks_[chunk].next;
    }
    return chunk;
  }
  void FreeChunk(std::uint32_t chunk) {
    chunks_[chunk].next = free_;
    free_ = chunk;
  }

  std::vector<Chunk> chunks_;
  std::uint32_t free_ = kNone;
};

}  // namespace schoolwatch::crawler
