/* Puts a group "tuesday" with members and a week's notes into a home: fill_home HOME MEMBERS */
#include "bench/members.h"

#include "gateway/home/home.h"

int main(int argc, char **argv)
{
    CLEANUP(home_close) struct home *home = NULL;
    CLEANUP(gate_close) struct gate gate = { .home = NULL };
    struct practice_id practice;
    struct err err;

    if (argc != 3) {
        fprintf(stderr, "fill_home HOME MEMBERS\n");
        return 64;
    }
    MUST(home_open(argv[1], HOME_WITH_KEYS, &home, &err));
    MUST(home_practice(home, NULL, &practice, &err));
    MUST(gate_open(home, practice, &gate, &err));
    members_fill(&gate, strtoll(argv[2], NULL, 10));
    return 0;
}
