#include "waybill/runtime/thread.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <future>
#include <stdexcept>

namespace waybill::runtime {
namespace {

TEST(Thread, carries_its_name_cut_to_what_the_kernel_keeps) {
  std::string seen;
  {
    Thread thread("waybill-relay-leader", [&seen] { seen = this_thread_name(); });
  }
  EXPECT_EQ(seen, "waybill-relay-l");
}

TEST(Thread, is_joined_by_its_destructor) {
  std::atomic<bool> ended = false;
  std::promise<void> go;
  {
    Thread thread("worker", [&, going = go.get_future()] {
      going.wait();
      ended = true;
    });
    EXPECT_TRUE(thread.running());
    go.set_value();
  }
  EXPECT_TRUE(ended);
}

TEST(Thread, joins_what_it_was_before_it_becomes_another) {
  std::atomic<int> ended = 0;
  Thread thread("first", [&ended] { ++ended; });
  thread = Thread("second", [] {});
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(thread.name(), "second");
}

// A signal that lands on a worker cuts its system calls short, and never reaches the one who waits for it.
TEST(Thread, leaves_the_signals_sent_to_the_process_to_other_threads) {
  sigset_t inside;
  Thread("worker", [&inside] { pthread_sigmask(SIG_SETMASK, nullptr, &inside); }).join();
  for (const int of_process : {SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGUSR1, SIGPIPE}) {
    EXPECT_EQ(sigismember(&inside, of_process), 1) << of_process;
  }
  for (const int of_thread : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGILL}) {
    EXPECT_EQ(sigismember(&inside, of_thread), 0) << of_thread;
  }
}

TEST(Thread, leaves_the_mask_of_its_creator_alone) {
  sigset_t before;
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  Thread("worker", [] {}).join();
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  EXPECT_EQ(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
  EXPECT_EQ(sigismember(&after, SIGUSR1), 0);
}

using ThreadDeathTest = testing::Test;

TEST(ThreadDeathTest, an_escaped_exception_ends_the_process_and_is_told_with_the_threads_name) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(Thread("relay", [] { throw std::runtime_error("no such table"); }).join(),
               "thread 'relay': an exception escaped: no such table");
}

TEST(ThreadDeathTest, a_thread_that_would_join_itself_is_a_bug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        Thread thread;
        std::promise<void> assigned;
        thread = Thread("self", [&] {
          assigned.get_future().wait();
          thread.join();
        });
        assigned.set_value();
        std::promise<void>().get_future().wait();
      },
      "joins itself waits for ever");
}

}  // namespace
}  // namespace waybill::runtime
