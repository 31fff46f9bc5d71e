"""Wrong tables do not compile, and the one error of each names the step, the message and the remedy.

Usage: refused_test.py COMPILER FOLDER…, the folders being those of the headers.
"""

import os
import re
import subprocess
import sys
import unittest
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
TABLES = HERE / "wrong_tables.inc"
CHECKS = HERE.parents[1] / "include/waybill/saga/checks.hpp"
PAY, CHARGE_STEP, SEAT, TICKET, PRINT = '"pay"', '"charge"', '"seat"', '"ticket"', '"print"'
CHARGE, CHARGED, DECLINED = "bank::v1::ChargeCard", "bank::v1::CardCharged", "bank::v1::CardDeclined"

# Of each function of wrong_tables.inc: the check that must refuse it, what its instance must name, and what
# its text must tell to do.
REFUSED = {
    "with_no_parts": ("TableHasSteps", ["Tour"], 'add step<"...">(...)'),
    "with_no_steps": ("TableHasSteps", ["Trip"], 'add step<"...">(...)'),
    "with_two_points_of_no_return": ("OnePointOfNoReturn", ["Trip"], "remove one of them"),
    "with_a_part_that_is_none": ("PartIsAStep", ["int"], "remove it"),
    "with_a_name_twice": ("NameIsItsOwn", [SEAT], "change one of them"),
    "with_data_that_is_no_json": ("DataIsJson", ["Journey"],
                                  "add NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT("),
    "with_a_step_of_other_data": ("StepRemembersTheSame", [TICKET, "Trip", "Journey"],
                                  "make them take define's"),
    "with_a_name_in_capitals": ("NameIsPlain", ['"Pay"'], "change its name"),
    "with_an_empty_name": ("NameIsPlain", ["Name<1>"], "change its name"),
    "with_a_step_that_sends_a_reply": ("StepSendsACommand", [PAY, CHARGED], "KIND_COMMAND"),
    "with_a_step_that_sends_no_message": ("StepSendsACommand", [PAY, "NoMessage"], "KIND_COMMAND"),
    "with_a_refusal_for_a_reply": ("ReplyIsNoRefusal", [PAY, DECLINED], "use .refused_by<...>()"),
    "with_no_message_for_a_reply": ("ReplyIsNoRefusal", [PAY, "NoMessage"], "use .refused_by<...>()"),
    "with_a_reply_for_a_refusal": ("RefusalIsNoReply", [PAY, CHARGED], "use .on<...>()"),
    "with_no_message_for_a_refusal": ("RefusalIsNoReply", [PAY, "NoMessage"], "use .on<...>()"),
    "with_an_undo_that_can_be_refused": ("UndoCannotBeRefused", [PAY, "rail::v1::ReserveSeat"],
                                         "exactly one answer, and that not a refusal"),
    "with_an_undo_that_is_never_answered": ("UndoCannotBeRefused", [PAY, "trip::v1::BookTrip"],
                                            "exactly one answer, and that not a refusal"),
    "with_an_undo_that_is_an_event": ("UndoCannotBeRefused", [PAY, "trip::v1::TripCalledOff"],
                                      "give .undo(...) a function that makes a command"),
    "with_an_undo_that_is_no_message": ("UndoCannotBeRefused", [PAY, "NoMessage"],
                                        "give .undo(...) a function that makes a command"),
    "with_an_undo_and_nothing_to_undo": ("UndoIsSaidOnce", [PAY],
                                         "keep one .undo(...) or .nothing_to_undo()"),
    "with_two_undos": ("UndoIsSaidOnce", [CHARGE_STEP], "keep one .undo(...) or .nothing_to_undo()"),
    "with_a_command_that_is_never_answered": ("CommandHasAReply", [PAY, "trip::v1::BookTrip"],
                                              "name a reply among the replies in its command's contract"),
    "with_a_refusal_that_is_not_handled": ("EveryAnswerIsHandled", [PAY, CHARGE, DECLINED],
                                           ".refused_by<Answer>(...) for a refusal"),
    "with_a_reply_that_is_not_handled": ("EveryAnswerIsHandled", [PAY, CHARGE, CHARGED],
                                         "add .on<Answer>(...) for a reply"),
    "with_an_answer_of_another_command": ("AnswerIsOfTheContract", [PAY, CHARGE, "rail::v1::SeatReserved"],
                                          "remove it"),
    "with_an_answer_handled_twice": ("AnswerIsHandledOnce", [PAY, CHARGED], "remove one of them"),
    "with_a_wait_without_a_limit": ("WaitHasALimit", [PAY], "add .within(...)"),
    "with_a_wait_that_is_only_asked_again": ("WaitHasALimit", [CHARGE_STEP], "add .within(...)"),
    "with_a_step_without_an_undo": ("StepHasAnUndo", [PAY], "add .undo(...) or .nothing_to_undo()"),
    "with_an_undo_that_answers_as_its_command": ("UndoIsToldApart", [PAY, CHARGED],
                                                 "give the undo an answer of its own"),
    "behind_the_point_without_asking_again": ("UnansweredIsSentAgain", [TICKET], "add .resent_every(...)"),
    "behind_the_point_with_a_limit_instead": ("NoLimitBehindThePointOfNoReturn", [TICKET],
                                              "use .resent_every(...) instead of .within(...)"),
    "behind_the_point_with_a_limit_as_well": ("NoLimitBehindThePointOfNoReturn", [PRINT],
                                              "use .resent_every(...) instead of .within(...)"),
    "behind_the_point_with_an_undo": ("NoUndoBehindThePointOfNoReturn", [TICKET], "remove .undo(...)"),
    "behind_the_point_with_a_refusal": ("NoRefusalBehindThePointOfNoReturn", [PAY, DECLINED],
                                        "move the step before it"),
    "behind_the_point_with_a_refusal_that_is_not_handled": (
        "NoRefusalBehindThePointOfNoReturn", [CHARGE_STEP, DECLINED], "move the step before it"),
    "cancelled_with_the_answers_exchanged": (
        "CancellationIsAnswered", ["trip::v1::CancelTrip", "trip::v1::CancellationRefused"],
        "which the two functions of .cancelled_by(key, accepted, refused) make"),
    "cancelled_by_a_command_that_is_never_answered": (
        "CancellationIsAnswered", ["trip::v1::BookTrip"], "needs exactly one reply and one refusal"),
    "cancelled_by_no_message": ("CancellationIsAnswered", ["NoMessage"],
                                "needs exactly one reply and one refusal"),
    "begun_with_a_command": ("MilestoneIsAnEvent", [CHARGE], "give it a function that makes one"),
    "completed_with_a_reply": ("MilestoneIsAnEvent", [CHARGED], "give it a function that makes one"),
    "compensated_with_no_message": ("MilestoneIsAnEvent", ["NoMessage"], "give it a function that makes one"),
}


@dataclass
class Error:
    text: str
    context: str  # the instantiations it stands in, innermost first

    def lines_of_tables(self):
        return [int(line) for line in re.findall(r"wrong_tables\.inc:(\d+):", self.context + self.text)]

    def instance(self):
        """The innermost instantiation: g++ and clang put it into words of their own."""
        found = re.search(r"instantiation of (?:'struct |template class ')(.*)'", self.context)
        return found.group(1) if found else ""


def errors_in(output):
    """g++ tells the context before an error, and clang behind it."""
    errors, before = [], []
    is_gcc = "required from here" in output
    for line in output.splitlines():
        if re.match(r"In file included from | +from ", line):
            continue
        if re.search(r": (?:fatal )?error: ", line):
            errors.append(Error(line, "\n".join(before)))
            before = []
        elif not errors or is_gcc:
            before.append(line)
        else:
            errors[-1].context += "\n" + line
    return errors


def functions():
    """Of each function of the tables its name and the lines it stands on."""
    lines, found = TABLES.read_text().splitlines(), {}
    for number, line in enumerate(lines, 1):
        if named := re.match(r"void (\w+)\(\) \{", line):
            last = number if line.endswith("}") else lines.index("}", number) + 1
            found[named.group(1)] = range(number, last + 1)
    return found


class RefusedTables(unittest.TestCase):
    compiler = "c++"
    folders = ()

    @classmethod
    def setUpClass(cls):
        is_clang = "clang" in Path(cls.compiler).name
        brief = (["-ferror-limit=0", "-fno-caret-diagnostics"] if is_clang
                 else ["-fmax-errors=0", "-fno-diagnostics-show-caret"])
        ran = subprocess.run(
            [cls.compiler, "-std=c++20", "-fsyntax-only", "-w", *brief,
             *[f"-I{folder}" for folder in cls.folders], "-xc++", TABLES],
            capture_output=True, text=True, env=os.environ | {"LC_ALL": "C"})
        cls.status = ran.returncode
        cls.errors = {name: [] for name in functions()}
        cls.stray = []
        for error in errors_in(ran.stderr):
            owner = [name for name, lines in functions().items()
                     if any(line in lines for line in error.lines_of_tables())]
            (cls.errors[owner[0]] if owner else cls.stray).append(error)

    def test_each_mistake_is_one_error_that_names_the_step_the_message_and_the_remedy(self):
        self.assertNotEqual(0, self.status)
        for name, (check, named, remedy) in REFUSED.items():
            with self.subTest(table=name):
                self.assertEqual(1, len(self.errors[name]), self.errors[name] or self.stray)
                error = self.errors[name][0]
                self.assertIn("saga: ", error.text)
                self.assertIn(remedy, error.text)
                self.assertIn(f"saga::check::{check}<", error.instance())
                for word in named:
                    self.assertIn(word, error.instance())

    def test_what_is_right_gives_no_error(self):
        right = [name for name in functions() if name.startswith("right_")]
        self.assertTrue(right)
        self.assertEqual({name: [] for name in right}, {name: self.errors[name] for name in right})
        self.assertEqual([], self.stray, "an error that belongs to no table")

    def test_each_table_is_expected_and_each_check_has_one(self):
        self.assertEqual({name for name in functions() if not name.startswith("right_")}, set(REFUSED))
        declared = re.findall(r"^struct (\w+) \{\n  static_assert\(", CHECKS.read_text(), re.MULTILINE)
        self.assertGreater(len(declared), 20)
        self.assertEqual(set(declared), {check for check, _, _ in REFUSED.values()})

    def test_an_error_is_told_within_few_lines(self):
        for name in REFUSED:
            for error in self.errors[name]:
                with self.subTest(table=name):
                    self.assertLessEqual(error.context.count("\n"), 8, error.context)


if __name__ == "__main__":
    RefusedTables.compiler, *RefusedTables.folders = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
