#include <cstdio>

int main() {
  std::puts("schoolwatch");
  return 0;
}
