"""The trial page in a real Chromium: who presses keys, who writes, who has no microphone, who texts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import expect

from tests.calls import session_of
from tests.webphone.browser import PATIENCE_MS, REFUSED, Visitor, chromium, hearing, visiting
from voicebot.simulator.rehearsal import Rehearsal

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("line")]

AXE = Path(__file__).parents[2] / "var" / "test" / "axe" / "axe.min.js"
SMALL = {"width": 360, "height": 640}
WITHOUT_MICROPHONE = "Object.defineProperty(navigator, 'mediaDevices', {value: undefined})"


@pytest.fixture
def running(quiet_line: Rehearsal) -> Rehearsal:
    """What is recognized is not the point here."""
    return quiet_line


@pytest.fixture
async def visitor(running: Rehearsal) -> AsyncIterator[Visitor]:
    """Somebody with a microphone, who says nothing."""
    async with chromium(hearing()) as browser, visiting(browser, f"{running.url}/essai") as visitor:
        yield visitor


@pytest.fixture
async def refused(running: Rehearsal) -> AsyncIterator[Visitor]:
    """Somebody whose browser does not let the page hear."""
    async with chromium(REFUSED) as browser, visiting(browser, f"{running.url}/essai") as visitor:
        yield visitor


async def over(running: Rehearsal, visitor: Visitor) -> None:
    """Wait for the service to tell that the call is over, as the page is told."""
    cookies = {one["name"]: one["value"] for one in await visitor.page.context.cookies()}
    url = f"{running.url}/essai/live/{visitor.permit}"
    async with (
        httpx.AsyncClient(cookies=cookies, timeout=PATIENCE_MS / 1000) as client,
        client.stream("GET", url) as events,
    ):
        assert "event: over" in [line async for line in events.aiter_lines()]


async def test_keys_answer_questions_in_the_same_call(running: Rehearsal, visitor: Visitor) -> None:
    await visitor.call()
    await visitor.until("speaking")
    await visitor.press("2")
    await visitor.said("carte Vitale")
    await visitor.step("carte_vitale", "probleme")
    await visitor.press("1")
    await visitor.step("carte_vitale", "declarer")
    session = await session_of(running, visitor.call_sid)
    assert (session.channel, session.slots["probleme"]) == ("voice", "perdue")


async def test_keys_of_the_keyboard_are_keys_of_the_telephone(running: Rehearsal, visitor: Visitor) -> None:
    await visitor.call()
    await visitor.until("speaking")
    await visitor.page.keyboard.press("2")
    await visitor.step("carte_vitale", "probleme")


async def test_the_red_button_ends_the_call_and_it_can_be_resumed(
    running: Rehearsal, visitor: Visitor
) -> None:
    await visitor.call()
    await visitor.until("speaking")
    await visitor.write("je voudrais demander le RSA")
    await visitor.step("rsa", "age")
    await visitor.write("30 ans")
    await visitor.step("rsa", "france")
    await visitor.hang_up()
    await visitor.until("ended")
    await expect(visitor.page.locator("#turns .words").last).to_have_text(
        "Appel terminé", timeout=PATIENCE_MS
    )
    assert (await session_of(running, visitor.call_sid)).status == "suspended"
    await visitor.call()
    await visitor.said("reprendre")
    await visitor.write("oui")
    await visitor.step("rsa", "france")


async def test_closing_the_page_ends_the_call(running: Rehearsal, visitor: Visitor) -> None:
    await visitor.call()
    await visitor.until("speaking")
    await visitor.page.goto("about:blank")
    await over(running, visitor)
    assert (await session_of(running, visitor.call_sid)).status == "suspended"


async def test_who_refuses_the_microphone_is_told_how_to_go_on_and_writes(
    running: Rehearsal, refused: Visitor
) -> None:
    await refused.call()
    notice = refused.page.get_by_role("alert")
    await expect(notice).to_contain_text("le micro est bloqué")
    await expect(notice.locator("svg")).to_be_visible()
    await expect(refused.page.get_by_label("Écrivez votre réponse")).to_be_focused()
    await refused.until("speaking")
    await refused.write("je voudrais demander le rsa")
    await refused.step("rsa", "age")
    await refused.write("j'ai 30 ans")
    await refused.step("rsa", "france")
    session = await session_of(running, refused.call_sid)
    assert (session.channel, session.slots["age"]) == ("voice", 30)
    understood = refused.page.locator("#turns .meaning").first
    await expect(understood).to_contain_text("le RSA")
    await expect(understood).to_have_attribute("data-certainty", "sure")
    await refused.hang_up()
    await expect(notice).to_be_hidden()


async def test_where_there_is_no_microphone_the_page_says_so(visitor: Visitor) -> None:
    await visitor.page.add_init_script(WITHOUT_MICROPHONE)
    await visitor.page.reload()
    await visitor.call()
    await expect(visitor.page.get_by_role("alert")).to_contain_text("il n’y a pas de micro")
    await visitor.until("speaking")


async def test_the_text_pane_is_the_same_assistant(visitor: Visitor) -> None:
    texts = visitor.page.locator("#texts")
    await visitor.page.get_by_label("Votre SMS").fill("rsa svp")
    await visitor.page.get_by_role("button", name="Envoyer le SMS").click()
    await expect(texts.locator(".mine")).to_have_text("rsa svp")
    await expect(texts.locator(".theirs").first).to_contain_text("RSA", timeout=PATIENCE_MS)


async def test_the_summary_of_a_call_arrives_as_a_text(visitor: Visitor) -> None:
    await visitor.call()
    await visitor.until("speaking")
    await visitor.write("c'est pour ma carte vitale")
    await visitor.step("carte_vitale", "probleme")
    for number, (answer, step) in enumerate([("perdue", "declarer"), ("par internet", ""), ("la suite", "")]):
        await visitor.write(answer)
        await expect(visitor.page.locator("#turns .you")).to_have_count(number + 2, timeout=PATIENCE_MS)
        if step:
            await visitor.step("carte_vitale", step)
    await visitor.write("un résumé par SMS")
    await expect(visitor.page.locator("#texts .arrived").first).to_contain_text(
        "carte Vitale", timeout=PATIENCE_MS
    )


async def test_a_service_that_cannot_be_reached_is_told(visitor: Visitor) -> None:
    await visitor.page.route("**/essai/call", lambda route: route.abort())
    await visitor.page.get_by_role("button", name="Appeler").click()
    await visitor.until("broken")
    await expect(visitor.page.get_by_role("status")).to_contain_text("ne répond pas")
    await expect(visitor.page.get_by_role("button", name="Appeler")).to_be_enabled()
    visitor.complaints.clear()


async def test_nothing_stands_in_the_way_of_who_sees_hears_or_moves_otherwise(visitor: Visitor) -> None:
    await visitor.call()
    await visitor.write("je voudrais demander le RSA")
    await visitor.step("rsa", "age")
    assert await barriers(visitor) == []
    await visitor.press("30#")
    assert await barriers(visitor) == []
    await visitor.hang_up()
    await visitor.until("ended")
    assert await barriers(visitor) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_small_page_has_no_barriers_and_is_folded(refused: Visitor, scheme: str) -> None:
    await refused.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    await refused.page.set_viewport_size(SMALL)  # type: ignore[arg-type]
    await refused.page.reload()
    assert await refused.page.locator("details[open]").count() == 0
    await refused.call()
    await refused.until("speaking")
    width = await refused.page.evaluate("document.documentElement.scrollWidth")
    assert width <= SMALL["width"]
    assert await barriers(refused) == []


async def test_what_is_touched_is_large_and_within_reach(visitor: Visitor) -> None:
    await visitor.page.set_viewport_size(SMALL)  # type: ignore[arg-type]
    await visitor.call()
    await visitor.press("1")
    for button in await visitor.page.locator(".phone button:visible").all():
        box = await button.bounding_box()
        assert box, await button.inner_text()
        assert min(box["width"], box["height"]) >= 44, await button.inner_text()
    hang_up = await visitor.page.locator("#hang-up .disc").bounding_box()
    assert hang_up
    assert hang_up["y"] > SMALL["height"] / 2


async def barriers(visitor: Visitor) -> list[str]:
    """What axe-core finds. It is put in beside the page's policy, which lets no script of others in."""
    await visitor.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await visitor.page.evaluate("axe.run()")
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found["violations"]]
