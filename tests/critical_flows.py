"""What the troop cannot do without, flow by flow: the test that walks it, or the guided trial in which a person does.

`python -m tests.critical_flows` prints the list, how many are covered, and how many of them a program walks.
"""

import ast
import sys
from pathlib import Path

from gsctracker.domain.trial_scenarios import SCENARIOS

TOP = Path(__file__).parents[1]
BY_HAND = "trial"

FLOWS = {
    "A new box comes to its first sale": "cli/test_first_evening.py::test_a_fresh_box_comes_to_its_first_sale",
    "A family is invited and signs in": "web/pages/test_join.py::test_she_gets_her_account_and_sees_her_girl",
    "A guardian agrees to an account": "web/pages/test_consents.py::test_a_paper_is_recorded_and_the_account_opened_and_taken_back",
    "A family's girl is forgotten on its wish": "web/pages/test_family_data.py::test_a_family_asks_and_a_leader_confirms",
    "A caregiver takes a sale on her phone": "browser/test_journeys.py::test_a_caregiver_records_a_sale",
    "The council's files come in": "web/pages/test_import_journey.py::test_every_file_of_the_examples_is_previewed_applied_and_counted",
    "A file is taken back": "web/pages/test_import_journey.py::test_taking_back_brings_the_old_figures_back",
    "An order to the cupboard, from draft to claim": "web/pages/test_cupboard_pages.py::test_an_order_from_draft_to_claim",
    "Boxes are handed out, and taken back": "browser/test_journeys.py::test_a_cookie_leader_hands_out_boxes_and_takes_it_back",
    "A hand-out is signed for": "browser/test_receipts.py::test_an_adult_signs_with_a_finger",
    "A booth day of two volunteers": "browser/test_booth_day.py::test_two_volunteers_have_a_booth_day",
    "Sales without signal": "browser/test_booth_mode_offline.py::test_what_is_sold_without_signal_is_sent_when_there_is_one",
    "A family hands in money": "web/pages/test_money_pages.py::test_a_family_hands_money_in_once",
    "A mother finds what she owes, and why": "browser/test_receipts.py::test_a_mother_finds_what_she_owes_and_why_in_three_touches",
    "Money goes to the bank with two people": "web/pages/test_deposit_pages.py::test_two_people_take_the_box_to_the_bank",
    "Rewards are handed out": "web/pages/test_reward_pages.py::test_handing_out_makes_a_receipt_and_the_order_is_by_item_and_size",
    "A season is closed to the cent": "web/pages/test_season_end_pages.py::test_the_last_check_ties_out_and_closes_the_season_once",
    "A copy is put back": "browser/test_restoring.py::test_a_copy_is_put_back_and_everybody_signs_in_again",
    "A fault is told": "browser/test_problems.py::test_a_volunteer_reads_what_to_do_and_says_that_she_looks_after_it",
    "A version that does not start is taken back": "deploy/test_deploy_script.py::test_a_version_that_does_not_start_is_taken_back",
    "Somebody who never saw it finds her way": "trial: phone",
    "What is printed can be used": "trial: paper",
    "The box is lost, and somebody else brings the troop back": "trial: disaster",
}  # fmt: skip
"""Each flow and where it is walked: a test, or `trial: code` for a guided scenario of `gsctracker uat`."""


def is_there(where: str) -> bool:
    """Whether that test, or that guided scenario, exists."""
    if where.startswith(f"{BY_HAND}: "):
        return where.partition(": ")[2] in {one.code for one in SCENARIOS if not one.by_itself}
    path, _, name = where.partition("::")
    file = TOP / "tests" / path
    return file.is_file() and name in {
        node.name for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)
    }


def main() -> int:
    """Print the list and both figures; 1 where a flow is walked nowhere."""
    covered = [flow for flow, where in FLOWS.items() if is_there(where)]
    by_itself = [flow for flow in covered if not FLOWS[flow].startswith(BY_HAND)]
    for flow, where in FLOWS.items():
        sys.stdout.write(f"{'ok  ' if flow in covered else 'NONE'}  {flow}: {where}\n")
    sys.stdout.write(
        f"{len(covered) * 100 // len(FLOWS)} % covered, {len(by_itself) * 100 / len(FLOWS):.1f} % automated\n"
    )
    return 0 if len(covered) == len(FLOWS) else 1


if __name__ == "__main__":
    sys.exit(main())
