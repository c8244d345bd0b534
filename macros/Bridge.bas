Attribute VB_Name = "Bridge"
Option Explicit

' The way into Python: xlwings' RunPython with the interpreter that the hidden settings sheet names.
' Where STEPLADDER_COMMAND is set (tests in LibreOffice, which has no RunPython), that command is
' started instead, with the name of the function behind it.
' No #If and no Declare: LibreOffice knows neither, and 32- and 64-bit Excel need neither.
Public Sub StartPython(ByVal entry As String)
    Dim command As String
    command = Environ("STEPLADDER_COMMAND")
    If command <> "" Then
        Shell command & " " & entry, 0
    ElseIf Interpreter() = "" Then
        MsgBox "This workbook does not know yet where Stepladder is on this computer." & vbLf & vbLf & _
            "Close it and run:  stepladder doctor --fix", vbInformation, "Stepladder"
    Else
        RunPython "import stepladder.addin; stepladder.addin." & entry & "()"
    End If
End Sub

' Left to itself, RunPython takes any Python that it finds in place of a missing one.
Private Function Interpreter() As String
    If InStr(Application.OperatingSystem, "Mac") > 0 Then
        Interpreter = GetConfig("INTERPRETER_MAC")
    Else
        Interpreter = GetConfig("INTERPRETER_WIN")
    End If
End Function
