// Enhancement alone: every page is complete without it.
(() => {
  'use strict'

  // A hold counts down by the server's clock. It speaks rarely: a screen reader that is told every second is of no use.
  const count = hold => {
    const { until, now, ticking } = hold.dataset
    const left = until - now, loaded = Date.now()
    const clock = hold.querySelector('[role=timer]'), voice = hold.querySelector('[role=status]')
    const marks = [5, 2, 1].filter(m => m * 60000 < left)
    const show = s => { clock.textContent = ticking.replace('{0}', Math.floor(s / 60) + ':' + String(s % 60).padStart(2, '0')) }
    const over = () => {
      clearInterval(timer)
      show(0)
      hold.querySelector('.over').hidden = false
      voice.textContent = hold.dataset.left0
      document.querySelectorAll('[data-held]').forEach(e => { e.hidden = true })
    }
    const tick = () => {
      const ms = left - (Date.now() - loaded)
      if (ms <= 0) return over()
      show(Math.ceil(ms / 1000))
      // after a sleep only the last of those that have passed is still true
      while (marks.length > 1 && ms <= marks[1] * 60000) marks.shift()
      if (marks.length && ms <= marks[0] * 60000) voice.textContent = hold.dataset['left' + marks.shift()]
    }
    const timer = setInterval(tick, 1000)
    tick()
  }
  document.querySelectorAll('.hold[data-until]').forEach(count)

  // What is being confirmed: asks for this page, less and less often, until it has something else to show.
  const ask = pause => setTimeout(async () => {
    const same = '[data-awaits]'
    const shown = await fetch(location.href).then(r => r.status < 429 ? r.text() : same, () => same)
    if (shown === same || new DOMParser().parseFromString(shown, 'text/html').querySelector(same)) ask(Math.min(pause * 1.5, 15000))
    else location.reload()
  }, pause)
  if (document.querySelector('[data-awaits]')) ask(1000)

  // The server takes a form sent twice for one; this only spares the second request.
  addEventListener('submit', e => {
    const form = e.target
    if (form.method !== 'post') return
    if (form.dataset.sent) e.preventDefault()
    form.dataset.sent = '1'
    setTimeout(() => { delete form.dataset.sent }, 5000)
  })
  addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach(f => { delete f.dataset.sent }))

  const print = document.querySelector('[data-print]')
  if (print) {
    print.hidden = false
    print.addEventListener('click', () => window.print())
  }
})()
